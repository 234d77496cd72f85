-- The calls that hold a part of the month's budget, and how often it was begun before.
return { redis.call('HKEYS', RESERVED), redis.call('HGET', BUDGET, 'begun') or '0' }
