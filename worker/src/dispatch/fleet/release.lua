-- The end of a call: its place is free, its tokens and cost are known, its outcome counts. Told twice it counts once;
-- `agoMs` is how long ago it was, where Redis was away then.
local endedAt = now - input.agoMs
local BUCKETS = 30

local function settleTokens()
  if not given(input.tokens) or input.reserved == 0 then return end
  if redis.call('HEXISTS', TOKENS, input.second) == 0 then return end
  redis.call('HINCRBY', TOKENS, input.second, input.tokens - input.reserved)
end

local function coolDown(circuit)
  -- Calls that were under way together are all refused: that is one refusal, not several in a row.
  local isCooling = endedAt < circuit.coolUntil
  local lengths = input.cooldownLengths
  local waitMs = input.cooldown.retryAfterMs
  if given(waitMs) and waitMs >= lengths.shortestMs then
    waitMs = math.min(waitMs, lengths.longestMs)
  elseif isCooling then
    return
  else
    local first = given(waitMs) and lengths.shortestMs or lengths.firstMs
    waitMs = math.min(lengths.longestGuessMs, circuit.coolGuess > 0 and circuit.coolGuess * 2 or first)
    write('coolGuess', waitMs)
  end
  local coolUntil = math.max(circuit.coolUntil, math.floor(endedAt + waitMs))
  write('coolUntil', coolUntil, 'coolFor', math.max(0, coolUntil - now), 'changedAt', now)
  tellFleet()
end

local function countOutcomes()
  local windowMs = input.breaker.windowMs
  local counts = { good = 0, bad = 0, invalid = 0 }
  local flat = redis.call('HGETALL', OUTCOMES)
  for index = 1, #flat, 2 do
    local startedAt, kind = string.match(flat[index], '^(%d+):(%a+)$')
    -- What seems to be still to come is from before the clock was set back.
    if now - startedAt >= windowMs or now < tonumber(startedAt) then
      redis.call('HDEL', OUTCOMES, flat[index])
    else
      counts[kind] = counts[kind] + flat[index + 1]
    end
  end
  return counts
end

-- Adds the outcome and tells whether enough calls of the window failed, and enough of all that counted, or too many in
-- a row were slow.
local function isTooBad(circuit)
  local breaker = input.breaker
  if input.outcome == 'slow' then
    write('slowInARow', circuit.slowInARow + 1)
    return circuit.slowInARow + 1 >= breaker.slowThreshold
  end
  if input.outcome == 'good' and circuit.slowInARow > 0 then write('slowInARow', 0) end
  local widthMs = math.max(1, math.floor(breaker.windowMs / BUCKETS))
  local bucket = string.format('%.0f', endedAt - endedAt % widthMs) .. ':' .. input.outcome
  local isNew = addUp(OUTCOMES, bucket, 1, breaker.windowMs + widthMs) == 1
  if input.outcome == 'good' then
    -- It opens nothing. With a new bucket older ones are let go, or a day without a failure would keep them all.
    if isNew then countOutcomes() end
    return false
  end
  local counts = countOutcomes()
  local least = breaker.failureRatio * (counts.good + counts.bad + counts.invalid)
  return (counts.bad >= breaker.failureThreshold and counts.bad >= least)
    or (counts.invalid >= breaker.invalidOutputThreshold and counts.invalid >= least)
end

local function open(circuit)
  local openMs = input.breaker.openMs
  change(circuit, 'open', 'openUntil', now + openMs, 'openFor', openMs, 'probe', '', 'probeUntil', 0, 'rampUntil', 0)
end

local function endProbe(circuit)
  if input.outcome == 'neutral' then
    change(circuit, 'half-open', 'probe', '', 'probeUntil', 0)
  elseif input.outcome == 'good' then
    local rampUntil = now + input.breaker.rampMs
    -- The first call of the ramp passes.
    change(circuit, 'closed', 'probe', '', 'probeUntil', 0, 'rampFrom', now, 'rampUntil', rampUntil, 'rampCredit', 0.9)
  else
    open(circuit)
  end
end

local circuit = readCircuit()
if input.mark < circuit.resetAt then
  -- By a process that does not know yet that the provider began anew: it called another address, or with an old key.
  input.outcome, input.cooldown = 'neutral', nil
end
-- One that is not there was told before, or its lease is over: then only what is kept by its id is settled.
local isUnderWay = redis.call('ZREM', CALLS, input.call) == 1
if isUnderWay then
  addUp(CIRCUIT, 'ended', 1, KEPT_MS)
  settleTokens()
end
if given(input.costNanoUsd) and (isUnderWay or input.wasReserved) then settleBudget() end
if input.outcome == 'good' and circuit.coolGuess > 0 then redis.call('HDEL', CIRCUIT, 'coolGuess') end
if given(input.cooldown) then coolDown(circuit) end

if circuit.state == 'half-open' then
  if circuit.probe == input.call then endProbe(circuit) end
elseif isUnderWay and circuit.state == 'closed' and circuit.epoch == input.epoch and input.outcome ~= 'neutral' then
  if input.outcome == 'opens' or isTooBad(circuit) then open(circuit) end
end
return circuit.state
