-- How many calls could start now: { how many, reason or '', wait in ms or -1 }. Takes nothing.
local circuit = readCircuit()
local reason, waitMs = toRefusal(circuit)
if reason == 'unknown_spend' then reason = 'budget' end
if reason then return { 0, reason, waitMs } end
local room = countFree()
if circuit.state ~= 'closed' then room = 1 end
if given(input.rateLimit) then room = math.min(room, input.rateLimit - redis.call('LLEN', REQUESTS)) end
return { room, '', -1 }
