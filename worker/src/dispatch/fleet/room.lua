-- How many calls could start now: { how many, reason or '', wait in ms or -1, allowance or -1, under way }. Takes nothing.
local circuit = readCircuit()

local function isHeldByLimit()
  return waitForRequest() > 0 or waitForTokens(toReservedTokens()) > 0 or toBudgetRefusal() ~= nil
end

-- What could start if there were places enough; -1 for any number.
local function countAllowed(reason)
  if reason and (reason ~= 'concurrency' or isHeldByLimit()) then return 0 end
  if circuit.state ~= 'closed' then return 1 end
  local allowed = given(input.rateLimit) and input.rateLimit - redis.call('LLEN', REQUESTS) or -1
  if now >= circuit.rampUntil then return allowed end
  -- Few at a time while traffic grows: what is not let in would come back again and again.
  local passed = (now - circuit.rampFrom) / (circuit.rampUntil - circuit.rampFrom)
  local few = math.max(1, math.ceil(passed * input.maxConcurrency))
  return allowed < 0 and few or math.min(allowed, few)
end

local reason, waitMs = toRefusal(circuit)
local allowed = countAllowed(reason)
local room = countFree()
local underWay = input.maxConcurrency - room
if reason == 'unknown_spend' then reason = 'budget' end
if reason then return { 0, reason, waitMs, allowed, underWay } end
if circuit.state ~= 'closed' then room = 1 end
if given(input.rateLimit) then room = math.min(room, input.rateLimit - redis.call('LLEN', REQUESTS)) end
return { room, '', -1, allowed, underWay }
