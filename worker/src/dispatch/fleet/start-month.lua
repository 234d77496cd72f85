-- Takes over what the ledger says was spent in the month, unless somebody was first.
if redis.call('HSETNX', BUDGET, 'spent', input.costNanoUsd) == 0 then return 0 end
redis.call('HSET', BUDGET, 'reserved', 0)
if given(input.correction) then
  redis.call('HSET', BUDGET, 'revision', input.correction.revision, 'corrected', input.correction.nanoUsd)
end
redis.call('DEL', RESERVED, UNSETTLED)
redis.call('PEXPIRE', BUDGET, MONTH_KEPT_MS)
return 1
