-- The calls that hold a part of the month's budget.
return redis.call('HKEYS', RESERVED)
