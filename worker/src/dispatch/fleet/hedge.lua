-- Leave for a hedge beside a call of this provider: a share of its calls over a minute, and one where those are few.
local sums = sumMinute(HEDGES)
local most = math.max(1, input.maxShare * (sums[':calls'] or 0))
if input.maxShare == 0 or (sums[':hedges'] or 0) + 1 > most then return 0 end
addUp(HEDGES, math.floor(now / 1000) .. ':hedges', 1, 2 * MINUTE_MS)
return 1
