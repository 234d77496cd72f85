import type { Redis } from 'ioredis';
import type { ProviderStatus } from '../contracts/provider.ts';
import { MAX_EVENTS, toStreamKey, type AppEvent } from './events.ts';

type StatusEvent = Extract<AppEvent, { type: 'provider.status' }>;

/** Compares and tells at once, so that a change is told once, however many look for it. */
const TELL = `
local stream, told, maxEvents = KEYS[1], KEYS[2], ARGV[1]
local isFirst = redis.call('HSETNX', told, '', 1) == 1
local present, count = { [''] = true }, 0
for index = 2, #ARGV, 3 do
  local id, status, event = ARGV[index], ARGV[index + 1], ARGV[index + 2]
  present[id] = true
  if redis.call('HGET', told, id) ~= status then
    redis.call('HSET', told, id, status)
    if not isFirst then
      redis.call('XADD', stream, 'MAXLEN', '~', maxEvents, '*', 'event', event)
      count = count + 1
    end
  end
end
for _, id in ipairs(redis.call('HKEYS', told)) do
  if not present[id] then redis.call('HDEL', told, id) end
end
return count`;

/**
 * Tells of every provider whose status is another than the one that was told last, by whichever process. The first
 * reading of a Redis's contents tells nothing: nobody knows what was told before. @returns how many were told.
 * @throws when Redis is away.
 */
export async function tellProviderStatuses(
  redis: Redis,
  prefix: string,
  providers: readonly { id: string; name: string; status: ProviderStatus }[],
): Promise<number> {
  const entries = providers.flatMap(({ id, name, status }) => {
    const event: StatusEvent = { type: 'provider.status', id, name, status };
    return [id, JSON.stringify(status), JSON.stringify(event)];
  });
  const keys = [toStreamKey(prefix), `${prefix}:events:provider-status`];
  return Number(await redis.eval(TELL, keys.length, ...keys, MAX_EVENTS, ...entries));
}
