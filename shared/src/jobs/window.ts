import type { Redis } from 'ioredis';

/** What a submit may put straight into the queue, as the feeder grants it. */
export interface Grant {
  epoch: string;
  /** How many jobs in all. */
  all: number;
  /** How many of those that may go to anybody. */
  any: number;
  /** By name of a provider, in lower case: how many that name it. */
  named: ReadonlyMap<string, number>;
  /** Who has jobs waiting in the ledger, which must not be overtaken. */
  waitingClients: readonly string[];
}

/**
 * The door to the queue. A submit takes a ticket for its job or leaves it in the ledger; the feeder grants tickets
 * with every round. They are good for half a second, so that a feeder that is dead grants nothing.
 */
export interface Window {
  /** @returns the epoch of the queue that the job may go into; null where it has to wait. @throws when Redis is away. */
  takeTicket(job: { client: string; providers: readonly string[] | null }): Promise<string | null>;
  /** Puts new tickets in place of the old. @returns how many of those were taken. @throws when Redis is away. */
  grant(grant: Grant): Promise<number>;
}

const GRANT_MS = 500;
/** A frozen Redis is not waited for. */
const PATIENCE_MS = 500;
/** A client that finds no ticket has a job on its way into the ledger, which the feeder sees within this time. */
const ON_ITS_WAY_MS = 200;

const TAKE = `
local grant, clients, client, onItsWayMs = KEYS[1], KEYS[2], ARGV[1], tonumber(ARGV[2])
local epoch, all, any = unpack(redis.call('HMGET', grant, 'epoch', 'all', 'any'))
if not epoch then return false end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local waits = redis.call('ZSCORE', clients, client)
if waits and tonumber(waits) > now then return false end
local from = #ARGV == 2 and tonumber(any) > 0 and 'any' or nil
for index = 3, #ARGV do
  local name = 'named:' .. ARGV[index]
  if not from and tonumber(redis.call('HGET', grant, name) or 0) > 0 then from = name end
end
if tonumber(all) <= 0 or not from then
  redis.call('ZADD', clients, now + onItsWayMs, client)
  redis.call('PEXPIRE', clients, 60000)
  return false
end
redis.call('HINCRBY', grant, 'all', -1)
redis.call('HINCRBY', grant, from, -1)
return epoch`;

const GRANT = `
local grant, clients = KEYS[1], KEYS[2]
local input = cjson.decode(ARGV[1])
local granted, left = unpack(redis.call('HMGET', grant, 'granted', 'all'))
redis.call('DEL', grant)
redis.call('HSET', grant, 'epoch', input.epoch, 'granted', input.all, 'all', input.all, 'any', input.any)
for name, count in pairs(input.named) do redis.call('HSET', grant, 'named:' .. name, count) end
redis.call('PEXPIRE', grant, input.grantMs)
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZREMRANGEBYSCORE', clients, '-inf', now)
for _, client in ipairs(input.waitingClients) do redis.call('ZADD', clients, now + input.grantMs, client) end
redis.call('PEXPIRE', clients, 60000)
return granted and granted - left or 0`;

interface Commands {
  windowTake(...args: (string | number)[]): Promise<string | null>;
  windowGrant(...args: (string | number)[]): Promise<number>;
}

export function createWindow(redis: Redis, prefix: string): Window {
  const keys = [`${prefix}:window`, `${prefix}:window:clients`];
  redis.defineCommand('windowTake', { numberOfKeys: keys.length, lua: TAKE });
  redis.defineCommand('windowGrant', { numberOfKeys: keys.length, lua: GRANT });
  const commands = redis as unknown as Commands;
  return {
    async takeTicket({ client, providers }) {
      const names = (providers ?? []).map((name) => name.toLowerCase());
      const late = Promise.withResolvers<never>();
      const timer = setTimeout(() => late.reject(new Error('Redis is silent')), PATIENCE_MS);
      const ticket = commands.windowTake(...keys, client, ON_ITS_WAY_MS, ...names);
      return Promise.race([ticket, late.promise]).finally(() => clearTimeout(timer));
    },
    async grant({ named, ...grant }) {
      const input = { ...grant, named: Object.fromEntries(named), grantMs: GRANT_MS };
      return commands.windowGrant(...keys, JSON.stringify(input));
    },
  };
}
