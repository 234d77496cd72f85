-- What forbids a call: a reason and the wait in milliseconds (-1 where nobody can say), or nil. Takes nothing.
local SOON_MS = 1000

-- Requests that seem to be still to come, from before the clock was set back, count as of now.
local function followClock()
  local index = 0
  local latest = redis.call('LINDEX', REQUESTS, index)
  while latest and tonumber(latest) > now do
    redis.call('LSET', REQUESTS, index, now)
    index = index + 1
    latest = redis.call('LINDEX', REQUESTS, index)
  end
end

-- Milliseconds until the minute's log has room for one more request; 0 at once.
local function waitForRequest()
  if not given(input.rateLimit) then return 0 end
  followClock()
  local oldest = redis.call('LINDEX', REQUESTS, -1)
  while oldest and tonumber(oldest) <= now - MINUTE_MS do
    redis.call('RPOP', REQUESTS)
    oldest = redis.call('LINDEX', REQUESTS, -1)
  end
  local limiting = redis.call('LINDEX', REQUESTS, input.rateLimit - 1)
  return limiting and tonumber(limiting) + MINUTE_MS - now or 0
end

-- A call that is larger than the limit goes when nothing else does: else it never could.
local function toReservedTokens()
  return given(input.tokensPerMinute) and math.min(input.tokens, input.tokensPerMinute) or 0
end

-- How long a call that was refused has to come back once it would fit.
local COME_BACK_MS = 2000

-- How many tokens are kept for a large call that was refused, and when it would fit: small ones would else take all that
-- frees, for ever. 0 where none are, or it did not come back.
local function readOwed()
  local tokens, owedAt = unpack(redis.call('HMGET', CIRCUIT, 'owedTokens', 'owedAt'))
  owedAt = tonumber(owedAt or 0)
  -- One that seems to be further away is from before the clock was set back.
  local isOwed = now < owedAt + COME_BACK_MS and owedAt < now + 2 * MINUTE_MS
  -- The limit may be a lower one by now.
  return isOwed and math.min(tokens, input.tokensPerMinute) or 0, owedAt
end

-- How many tokens a call of that size may take now. A smaller one than the one that is waited for must not put that off.
local function countTokensLeft(tokens, sums, seconds)
  local left = input.tokensPerMinute - (sums[''] or 0)
  local owed, owedAt = readOwed()
  if tokens >= owed then return left end
  local leftThen = input.tokensPerMinute - owed
  for _, second in ipairs(seconds) do
    if second.endsAt > owedAt then leftThen = leftThen - second.amount end
  end
  return math.min(left, leftThen), owedAt + COME_BACK_MS - now
end

-- Milliseconds until that many tokens fit into the minute; 0 at once. A second counts until its last millisecond left.
local function waitForTokens(tokens)
  if tokens == 0 then return 0 end
  local sums, seconds = sumMinute(TOKENS)
  local left, owedForMs = countTokensLeft(tokens, sums, seconds)
  if tokens <= left then return 0 end
  local excess = (sums[''] or 0) + tokens - input.tokensPerMinute
  if excess <= 0 then return owedForMs end
  table.sort(seconds, function(a, b) return a.endsAt < b.endsAt end)
  for _, second in ipairs(seconds) do
    excess = excess - second.amount
    if excess <= 0 then return second.endsAt - now end
  end
  return MINUTE_MS
end

local function countFree()
  redis.call('ZREMRANGEBYSCORE', CALLS, '-inf', now)
  -- A place that seems to be taken for longer is from before the clock was set back.
  local longest = now + input.longestLeaseMs
  for _, call in ipairs(redis.call('ZRANGEBYSCORE', CALLS, '(' .. longest, '+inf')) do
    redis.call('ZADD', CALLS, longest, call)
  end
  return input.maxConcurrency - redis.call('ZCARD', CALLS)
end

-- What pricing calls again changed of what they cost, once for each revision.
local function takeCorrection()
  local correction = input.budget.correction
  if not given(correction) then return end
  local revision, corrected = unpack(redis.call('HMGET', BUDGET, 'revision', 'corrected'))
  if correction.revision <= tonumber(revision or 0) then return end
  redis.call('HSET', BUDGET, 'revision', correction.revision, 'corrected', correction.nanoUsd)
  redis.call('HINCRBY', BUDGET, 'spent', correction.nanoUsd - (corrected or 0))
end

-- A reason, and the wait: -1 where it takes another month or another budget.
local function toBudgetRefusal()
  if not given(input.budget) then return nil end
  -- Redis was lost, in part or all of it, or the month is new: only the ledger knows what was spent.
  if not isSpendKnown() then return 'unknown_spend', SOON_MS end
  takeCorrection()
  local spent, reserved = unpack(redis.call('HMGET', BUDGET, 'spent', 'reserved'))
  if not given(input.budget.bound) then return 'budget', -1 end
  if spent + (reserved or 0) + input.budget.bound <= input.budget.limit then return nil end
  -- What is reserved may turn out to cost less.
  return 'budget', spent + input.budget.bound <= input.budget.limit and SOON_MS or -1
end

local function toRefusal(circuit)
  -- The circuit goes before the limits, since only it lets `local` step in.
  if circuit.state == 'open' and now < circuit.openUntil then return 'circuit_open', circuit.openUntil - now end
  if circuit.state == 'half-open' and circuit.probe ~= '' and now < circuit.probeUntil then return 'circuit_open', -1 end
  if now < circuit.coolUntil then return 'cooldown', circuit.coolUntil - now end
  if countFree() <= 0 then return 'concurrency', -1 end
  local requestWaitMs = waitForRequest()
  if requestWaitMs > 0 then return 'rate_limit', requestWaitMs end
  local tokensWaitMs = waitForTokens(toReservedTokens())
  if tokensWaitMs > 0 then return 'tokens', tokensWaitMs end
  return toBudgetRefusal()
end
