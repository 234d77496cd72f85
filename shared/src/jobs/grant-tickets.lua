-- Puts new tickets in place of the old, and notes which clients have jobs waiting. Gives how many of the old were taken.
local GRANT, CLIENTS = KEYS[1], KEYS[2]
local KEPT_MS = 60000
local input = cjson.decode(ARGV[1])
local time = redis.call('TIME')
local now = input.nowMs ~= cjson.null and input.nowMs or time[1] * 1000 + math.floor(time[2] / 1000)
local goodUntil = now + input.grantMs

local granted, left = unpack(redis.call('HMGET', GRANT, 'granted', 'all'))
redis.call('DEL', GRANT)
redis.call('HSET', GRANT, 'epoch', input.epoch, 'goodUntil', goodUntil)
redis.call('HSET', GRANT, 'granted', input.all, 'all', input.all, 'any', input.any)
for name, count in pairs(input.named) do redis.call('HSET', GRANT, 'named:' .. name, count) end
redis.call('PEXPIRE', GRANT, KEPT_MS)

redis.call('ZREMRANGEBYSCORE', CLIENTS, '-inf', now)
-- From before the clock was set back.
redis.call('ZREMRANGEBYSCORE', CLIENTS, '(' .. goodUntil, '+inf')
for _, client in ipairs(input.waitingClients) do redis.call('ZADD', CLIENTS, goodUntil, client) end
redis.call('PEXPIRE', CLIENTS, KEPT_MS)
return granted and granted - left or 0
