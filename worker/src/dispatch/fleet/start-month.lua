-- Takes over what the ledger says of the month, unless somebody was first, also where what they began is to be read again
-- by now. What is reserved here for a call that the ledger has not heard of stays: it is about to be written there.
if isSpendKnown() or (redis.call('HGET', BUDGET, 'begun') or '0') ~= input.begun then return 0 end

for _, call in ipairs(input.settled) do
  redis.call('HDEL', RESERVED, call)
  redis.call('ZREM', UNSETTLED, call)
end
for _, pending in ipairs(input.pending) do
  if redis.call('HSETNX', RESERVED, pending.call, pending.boundNanoUsd) == 1 then
    redis.call('ZADD', UNSETTLED, now + pending.leaseMs, pending.call)
  end
end
local reserved = 0
for _, bound in ipairs(redis.call('HVALS', RESERVED)) do reserved = reserved + bound end

redis.call('HDEL', BUDGET, 'revision', 'corrected')
redis.call('HINCRBY', BUDGET, 'begun', 1)
redis.call('HSET', BUDGET, 'server', toServer(), 'spent', input.spentNanoUsd, 'reserved', reserved)
if given(input.correction) then
  redis.call('HSET', BUDGET, 'revision', input.correction.revision, 'corrected', input.correction.nanoUsd)
end
for _, key in ipairs({ BUDGET, RESERVED, UNSETTLED }) do redis.call('PEXPIRE', key, MONTH_KEPT_MS) end
return 1
