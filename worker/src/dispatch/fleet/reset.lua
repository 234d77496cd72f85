-- Closes the circuit and ends cooldown and ramp. Every process notices that the same provider begins anew: it counts
-- once, by a mark that rises with each time.
local circuit = readCircuit()
if circuit.resetAt >= input.mark then return 0 end

-- A process that has just met the provider cannot know whether this is news where the record does not tell: it is only if
-- nothing changed since. The mark is by another clock; where that differs, a circuit is open for a while longer at worst.
local isNews = not input.isMet or circuit.resetAt > 0 or (circuit.changedAt > 0 and circuit.changedAt <= input.mark)
if not isNews then
  write('resetAt', input.mark)
  return 0
end
redis.call('HDEL', CIRCUIT, 'openUntil', 'openFor', 'probe', 'probeUntil', 'probeFor', 'rampFrom', 'rampUntil', 'rampCredit', 'coolUntil', 'coolFor', 'coolGuess', 'owedTokens', 'owedAt', 'paidTokens')
change(circuit, 'closed', 'resetAt', input.mark)
return 1
