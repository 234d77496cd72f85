-- What every script of a provider's record begins with. The record's keys share one hash tag:
--   CIRCUIT  hash  state, epoch, openUntil, openFor, probe, probeUntil, probeFor, rampFrom, rampUntil, rampCredit,
--                  slowInARow, coolUntil, coolFor, coolGuess, changedAt, resetAt, askedAt, askedTokens, askedBound,
--                  owedTokens, owedAt, paidTokens, ended: how many calls have ended
--   OUTCOMES hash  <start of the bucket>:<good|bad|invalid> -> how many
--   CALLS    zset  the calls under way, scored by when their leases run out
--   REQUESTS list  when calls were admitted, latest first
--   TOKENS   hash  <second> -> tokens reserved or spent in it
--   HEDGES   hash  <second>:<calls|hedges> -> how many
--   BUDGET   hash  of one month: spent, reserved; nano-dollars; corrected: what of spent is a correction, by revision;
--                  server: the Redis that has counted since the ledger was read; begun: how often it was read
--   RESERVED hash  of the same month: <call> -> nano-dollars
--   UNSETTLED zset of the same month: the calls of RESERVED, scored by when their leases run out
local CIRCUIT, OUTCOMES, CALLS, REQUESTS, TOKENS, HEDGES = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6]
local BUDGET, RESERVED, UNSETTLED = KEYS[7], KEYS[8], KEYS[9]
local KEPT_MS = 604800000
local MONTH_KEPT_MS = 5356800000
local MINUTE_MS = 60000

local input = cjson.decode(ARGV[1])
local function given(value) return value ~= nil and value ~= cjson.null end

-- The one clock of every record: Redis's own, in milliseconds since 1970. Only tests put one in its place.
local time = redis.call('TIME')
local now = given(input.nowMs) and input.nowMs or time[1] * 1000 + math.floor(time[2] / 1000)

local NUMBERS = {
  'epoch', 'openUntil', 'openFor', 'probeUntil', 'probeFor', 'rampFrom', 'rampUntil', 'rampCredit', 'slowInARow',
  'coolUntil', 'coolFor', 'coolGuess', 'changedAt', 'resetAt', 'ended',
}

local function write(...)
  redis.call('HSET', CIRCUIT, ...)
  redis.call('PEXPIRE', CIRCUIT, KEPT_MS)
end

-- A wait that lasts longer than it was to from the beginning, since the clock was set back, begins anew.
local function keepToLength(circuit, untilName, lengthMs)
  if lengthMs == 0 or circuit[untilName] <= now + lengthMs then return end
  circuit[untilName] = now + lengthMs
  write(untilName, circuit[untilName])
end

local function readCircuit()
  local values = redis.call('HMGET', CIRCUIT, 'state', 'probe', unpack(NUMBERS))
  local circuit = { state = values[1] or 'closed', probe = values[2] or '' }
  for index, name in ipairs(NUMBERS) do
    circuit[name] = tonumber(values[index + 2] or 0)
  end
  keepToLength(circuit, 'openUntil', circuit.openFor)
  keepToLength(circuit, 'probeUntil', circuit.probeFor)
  if circuit.rampFrom > now then
    keepToLength(circuit, 'rampUntil', circuit.rampUntil - circuit.rampFrom)
    circuit.rampFrom = now
    write('rampFrom', now)
  end
  keepToLength(circuit, 'coolUntil', circuit.coolFor)
  return circuit
end

local function tellFleet()
  redis.call('PUBLISH', input.channel, input.provider)
end

-- Every change begins an epoch: what was counted, and what earlier calls come to, says nothing any more.
local function change(circuit, state, ...)
  circuit.state = state
  circuit.epoch = circuit.epoch + 1
  redis.call('DEL', OUTCOMES)
  write('state', state, 'epoch', circuit.epoch, 'slowInARow', 0, 'changedAt', now, ...)
  tellFleet()
end

-- Which Redis this is: one that was started anew, or took over, is another, and may lack the latest of what was written.
-- Where it must not say so, the same for all.
local function toServer()
  local info = redis.pcall('INFO', 'server')
  return type(info) == 'string' and string.match(info, 'run_id:(%x+)') or ''
end

local function isSpendKnown()
  return redis.call('HGET', BUDGET, 'server') == toServer()
end

-- Gives the new sum: `amount` itself where the field is new.
local function addUp(key, field, amount, keptMs)
  local sum = redis.call('HINCRBY', key, field, amount)
  redis.call('PEXPIRE', key, keptMs)
  return sum
end

-- Sums of a hash by second over the last minute, by what stands behind the second; older seconds are let go. Later ones,
-- from before the clock was set back, count as this one.
local function sumMinute(key)
  local sums, amounts = {}, {}
  local thisSecond = math.floor(now / 1000)
  local flat = redis.call('HGETALL', key)
  for index = 1, #flat, 2 do
    local second, kind = string.match(flat[index], '^(%d+)(:?%a*)$')
    second = tonumber(second)
    local amount = tonumber(flat[index + 1])
    if (second + 1) * 1000 + MINUTE_MS <= now then
      redis.call('HDEL', key, flat[index])
    else
      if second > thisSecond then
        -- In this order: a key that is empty meanwhile would come back without its end.
        redis.call('HINCRBY', key, thisSecond .. kind, amount)
        redis.call('HDEL', key, flat[index])
        second = thisSecond
      end
      sums[kind] = (sums[kind] or 0) + amount
      amounts[#amounts + 1] = { endsAt = (second + 1) * 1000 + MINUTE_MS, amount = amount }
    end
  end
  return sums, amounts
end
