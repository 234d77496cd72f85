-- Closes the circuit and ends cooldown and ramp. Every process notices the same change of a provider: it counts once, by
-- a mark that rises with each change.
local mark = tonumber(redis.call('HGET', CIRCUIT, 'resetMark') or 0)
if mark >= input.mark then return 0 end
local circuit = readCircuit()
redis.call('HDEL', CIRCUIT, 'openUntil', 'probe', 'probeUntil', 'rampFrom', 'rampUntil', 'rampCredit', 'coolUntil', 'coolGuess')
change(circuit, 'closed', 'resetMark', input.mark)
return 1
