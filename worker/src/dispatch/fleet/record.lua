-- What every script of a provider's record begins with. The record's keys share one hash tag:
--   CIRCUIT  hash  state, epoch, openUntil, probe, probeUntil, rampFrom, rampUntil, rampCredit, slowInARow,
--                  coolUntil, coolGuess, resetAt
--   OUTCOMES hash  <start of the bucket>:<good|bad|invalid> -> how many
--   CALLS    zset  the calls under way, scored by when their leases run out
--   REQUESTS list  when calls were admitted, latest first
--   TOKENS   hash  <second> -> tokens reserved or spent in it
--   HEDGES   hash  <second>:<calls|hedges> -> how many
--   BUDGET   hash  of one month: spent, reserved; nano-dollars
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

local NUMBERS = { 'epoch', 'openUntil', 'probeUntil', 'rampFrom', 'rampUntil', 'rampCredit', 'slowInARow', 'coolUntil', 'coolGuess', 'resetAt' }

local function readCircuit()
  local values = redis.call('HMGET', CIRCUIT, 'state', 'probe', unpack(NUMBERS))
  local circuit = { state = values[1] or 'closed', probe = values[2] or '' }
  for index, name in ipairs(NUMBERS) do
    circuit[name] = tonumber(values[index + 2] or 0)
  end
  return circuit
end

local function write(...)
  redis.call('HSET', CIRCUIT, ...)
  redis.call('PEXPIRE', CIRCUIT, KEPT_MS)
end

local function tellFleet()
  redis.call('PUBLISH', input.channel, input.provider)
end

-- Every change begins an epoch: what was counted, and what earlier calls come to, says nothing any more.
local function change(circuit, state, ...)
  circuit.state = state
  circuit.epoch = circuit.epoch + 1
  redis.call('DEL', OUTCOMES)
  write('state', state, 'epoch', circuit.epoch, 'slowInARow', 0, ...)
  tellFleet()
end

-- Gives the new sum: `amount` itself where the field is new.
local function addUp(key, field, amount, keptMs)
  local sum = redis.call('HINCRBY', key, field, amount)
  redis.call('PEXPIRE', key, keptMs)
  return sum
end

-- Sums of a hash by second over the last minute, by what stands behind the second; older seconds are let go.
local function sumMinute(key)
  local sums, seconds = {}, {}
  local flat = redis.call('HGETALL', key)
  for index = 1, #flat, 2 do
    local second, kind = string.match(flat[index], '^(%d+):?(%a*)$')
    if (second + 1) * 1000 + MINUTE_MS <= now then
      redis.call('HDEL', key, flat[index])
    else
      local amount = tonumber(flat[index + 1])
      sums[kind] = (sums[kind] or 0) + amount
      seconds[#seconds + 1] = { endsAt = (second + 1) * 1000 + MINUTE_MS, amount = amount }
    end
  end
  return sums, seconds
end
