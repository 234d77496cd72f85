-- Adds a cost that nothing was reserved for, unless the ledger was read while its call ran. Where the spend is unknown the
-- ledger will tell it, this cost with it.
if redis.call('HEXISTS', BUDGET, 'spent') == 0 then return 0 end
if not settleBudget() then redis.call('HINCRBY', BUDGET, 'spent', input.costNanoUsd) end
return 1
