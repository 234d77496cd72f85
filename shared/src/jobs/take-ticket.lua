-- Takes a ticket for one job of a client: gives the epoch of the queue that it may go into, or nothing. `names` are the
-- providers that it may go to; any where there are none.
local GRANT, CLIENTS = KEYS[1], KEYS[2]
local CLIENTS_KEPT_MS = 60000
local input = cjson.decode(ARGV[1])
local time = redis.call('TIME')
local now = input.nowMs ~= cjson.null and input.nowMs or time[1] * 1000 + math.floor(time[2] / 1000)

local epoch, goodUntil, all, any = unpack(redis.call('HMGET', GRANT, 'epoch', 'goodUntil', 'all', 'any'))
if not epoch or tonumber(goodUntil) <= now then return false end
local waitsUntil = redis.call('ZSCORE', CLIENTS, input.client)
if waitsUntil and tonumber(waitsUntil) > now then return false end

local function findKind()
  if input.names == cjson.null then return tonumber(any) > 0 and 'any' or nil end
  for _, name in ipairs(input.names) do
    local kind = 'named:' .. name
    if tonumber(redis.call('HGET', GRANT, kind) or 0) > 0 then return kind end
  end
end

local kind = findKind()
if tonumber(all) <= 0 or not kind then
  redis.call('ZADD', CLIENTS, now + input.onItsWayMs, input.client)
  redis.call('PEXPIRE', CLIENTS, CLIENTS_KEPT_MS)
  return false
end
redis.call('HINCRBY', GRANT, 'all', -1)
redis.call('HINCRBY', GRANT, kind, -1)
return epoch
