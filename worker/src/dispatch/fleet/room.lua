-- How many calls could start now: { how many, reason or '', wait in ms or -1, allowance or -1, under way, recovering,
-- ended so far }. Takes nothing.
local NO_BOUND = -1
-- Until a call was asked for, nobody knows how many a limit in tokens or money holds.
local FEW = 4
-- A call smaller than the one that did not fit may fit: after this long one is let try.
local TRY_AGAIN_MS = 10000

local circuit = readCircuit()
local askedAt, askedTokens, askedBound = unpack(redis.call('HMGET', CIRCUIT, 'askedAt', 'askedTokens', 'askedBound'))
local isAsked = askedAt and now - askedAt < MINUTE_MS
local isTryDue = askedAt and now - askedAt >= TRY_AGAIN_MS
input.tokens = isAsked and math.max(1, tonumber(askedTokens)) or 1
if given(input.budget) and given(input.budget.bound) then
  input.budget.bound = isAsked and not isTryDue and tonumber(askedBound) or input.budget.bound
end

local function least(a, b)
  if a == NO_BOUND or b == NO_BOUND then return math.max(a, b) end
  return math.min(a, b)
end

local function countByRate()
  return given(input.rateLimit) and input.rateLimit - redis.call('LLEN', REQUESTS) or NO_BOUND
end

local function countByTokens()
  if not given(input.tokensPerMinute) then return NO_BOUND end
  if not isAsked then return FEW end
  local tokens = toReservedTokens()
  return math.max(1, math.floor(countTokensLeft(tokens, sumMinute(TOKENS)) / tokens))
end

local function countByBudget()
  if not given(input.budget) then return NO_BOUND end
  if not isAsked or isTryDue or input.budget.bound == 0 then return FEW end
  local spent, reserved = unpack(redis.call('HMGET', BUDGET, 'spent', 'reserved'))
  return math.max(1, math.floor((input.budget.limit - spent - (reserved or 0)) / input.budget.bound))
end

-- Few at a time while traffic grows: what is not let in would come back again and again.
local function countByRamp()
  if now >= circuit.rampUntil then return NO_BOUND end
  local passed = (now - circuit.rampFrom) / (circuit.rampUntil - circuit.rampFrom)
  return math.max(1, math.ceil(passed * input.maxConcurrency))
end

local function isHeldByLimit()
  return waitForRequest() > 0 or waitForTokens(toReservedTokens()) > 0 or toBudgetRefusal() ~= nil
end

-- What could start if there were places enough.
local function countAllowed(reason)
  if reason and (reason ~= 'concurrency' or isHeldByLimit()) then return 0 end
  if circuit.state ~= 'closed' then return 1, 1 end
  local byLimits = least(countByRate(), least(countByTokens(), countByBudget()))
  local allowed = least(byLimits, countByRamp())
  return allowed, allowed == byLimits and 0 or 1
end

local reason, waitMs = toRefusal(circuit)
if reason == 'tokens' then
  -- Room for the call that tokens are kept for is room: else nobody would have it come back.
  input.tokens = math.max(input.tokens, (readOwed()))
  reason, waitMs = toRefusal(circuit)
end
local allowed, recovering = countAllowed(reason)
local free = countFree()
local underWay = input.maxConcurrency - free
if reason then return { 0, reason, waitMs, allowed, underWay, recovering or 0, circuit.ended } end
return { least(free, allowed), '', -1, allowed, underWay, recovering, circuit.ended }
