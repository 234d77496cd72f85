-- Adds a cost that nothing was reserved for. Where the spend is unknown the ledger will tell it, this cost with it.
if redis.call('HEXISTS', BUDGET, 'spent') == 0 then return 0 end
redis.call('HINCRBY', BUDGET, 'spent', input.costNanoUsd)
return 1
