-- Turns a call's reservation into what it cost. One that is not there was settled before, or belongs to a Redis that
-- was lost: then it had ended when `spent` was read from the ledger, and is in it.
local function settleBudget()
  local reserved = redis.call('HGET', RESERVED, input.call)
  if not reserved then
    -- Admitted before there was a budget.
    local isCharge = given(input.wasReserved) and not input.wasReserved
    if isCharge and redis.call('HEXISTS', BUDGET, 'spent') == 1 then
      redis.call('HINCRBY', BUDGET, 'spent', input.costNanoUsd)
    end
    return false
  end
  redis.call('HDEL', RESERVED, input.call)
  redis.call('ZREM', UNSETTLED, input.call)
  redis.call('HINCRBY', BUDGET, 'reserved', -reserved)
  redis.call('HINCRBY', BUDGET, 'spent', input.costNanoUsd)
  return true
end
