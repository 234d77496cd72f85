-- Leave for one call: everything that may forbid it is asked first, then all of it is taken.
-- Gives { 1, epoch, state, second, tokens reserved } or { 0, reason, wait in ms or -1 }; nothing to one who is gone.
local FIRST_SHARE = 0.1
local RAMP_WAIT_MS = 1000

-- Whether it is a call's turn while traffic grows; what is not its turn adds to the credit of the next.
local function takeTurn(circuit)
  local passed = (now - circuit.rampFrom) / (circuit.rampUntil - circuit.rampFrom)
  local credit = circuit.rampCredit + FIRST_SHARE + (1 - FIRST_SHARE) * passed
  -- Tenths do not add up to one exactly.
  local isTurn = credit > 1 - 1e-9
  write('rampCredit', isTurn and credit - 1 or credit)
  return isTurn
end

-- Has smaller calls leave room for this one. After one that they left room for, the next call is whoever asks first: else
-- the small ones would wait for ever where large ones are many.
local function oweTokens(waitMs)
  local tokens = toReservedTokens()
  local paid = tonumber(redis.call('HGET', CIRCUIT, 'paidTokens') or 0)
  if tokens >= readOwed() and tokens > paid then write('owedTokens', tokens, 'owedAt', now + waitMs) end
end

local function takeTokens(tokens)
  local owed = readOwed()
  addUp(TOKENS, math.floor(now / 1000), tokens, 2 * MINUTE_MS)
  redis.call('HDEL', CIRCUIT, 'paidTokens')
  if owed == 0 or tokens < owed then return end
  redis.call('HDEL', CIRCUIT, 'owedTokens', 'owedAt')
  write('paidTokens', tokens)
end

local function reserveBudget()
  addUp(BUDGET, 'reserved', input.budget.bound, MONTH_KEPT_MS)
  addUp(RESERVED, input.call, input.budget.bound, MONTH_KEPT_MS)
  redis.call('ZADD', UNSETTLED, now + input.leaseMs, input.call)
  redis.call('PEXPIRE', UNSETTLED, MONTH_KEPT_MS)
end

-- Redis was frozen, and whoever asked has given up.
if given(input.giveUpAt) and now > input.giveUpAt then return false end

-- How large calls are, so that it can be told how many more there is room for.
if given(input.tokensPerMinute) or given(input.budget) then
  local askedBound = given(input.budget) and given(input.budget.bound) and input.budget.bound or 0
  write('askedAt', now, 'askedTokens', toReservedTokens(), 'askedBound', askedBound)
end

local circuit = readCircuit()
local reason, waitMs = toRefusal(circuit)
-- Only for whom nobody else may take or is at already, and who is real: the job of another is answered elsewhere.
if reason == 'tokens' and input.isLastResort and not input.isHedge and not input.isDrill then oweTokens(waitMs) end
if reason then return { 0, reason, waitMs } end

local leaseUntil = now + input.leaseMs
local state = circuit.state
if state ~= 'closed' then
  -- Real traffic must notice nothing of a drill.
  if input.isDrill then return { 0, 'circuit_open', -1 } end
  state = 'half-open'
  -- For as long as the call may take: the answer of a slow model must not come too late to close it.
  change(circuit, state, 'probe', input.call, 'probeUntil', leaseUntil, 'probeFor', input.leaseMs)
elseif now < circuit.rampUntil then
  state = 'ramping'
  -- Not an open circuit: it is spared for a moment, and `local` must not step in for it.
  if not takeTurn(circuit) and not input.isLastResort then return { 0, 'cooldown', math.min(RAMP_WAIT_MS, circuit.rampUntil - now) } end
end

redis.call('ZADD', CALLS, leaseUntil, input.call)
redis.call('PEXPIRE', CALLS, math.max(leaseUntil, redis.call('ZREVRANGE', CALLS, 0, 0, 'WITHSCORES')[2]) - now)
if given(input.rateLimit) then
  redis.call('LPUSH', REQUESTS, now)
  redis.call('PEXPIRE', REQUESTS, MINUTE_MS)
end
local second = math.floor(now / 1000)
-- With the first call of a second, older seconds are let go: else only a hedge would do so.
if addUp(HEDGES, second .. ':calls', 1, 2 * MINUTE_MS) == 1 then sumMinute(HEDGES) end
local tokens = toReservedTokens()
if tokens > 0 then takeTokens(tokens) end
if given(input.budget) then reserveBudget() end
return { 1, circuit.epoch, state, second, tokens }
