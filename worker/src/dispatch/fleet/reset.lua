-- Closes the circuit and ends cooldown and ramp. Every process notices that the same provider begins anew: it counts
-- once, by a mark that rises with each time.
local circuit = readCircuit()
if circuit.resetAt >= input.mark then return 0 end
redis.call('HDEL', CIRCUIT, 'openUntil', 'openFor', 'probe', 'probeUntil', 'probeFor', 'rampFrom', 'rampUntil', 'rampCredit', 'coolUntil', 'coolFor', 'coolGuess')
change(circuit, 'closed', 'resetAt', input.mark)
return 1
