import { Redis } from 'ioredis';
import { toHosts } from '../../net/to-hosts.ts';
import { fail, type Finding } from './finding.ts';
import type { Reached } from './inspection.ts';
import { toReason } from './wording.ts';

const CHECK = 'redis';
const LIMIT_MS = 3_000;

/** A connection to Redis that is used once and not kept up, or why there is none. */
export async function openRedis(url: string): Promise<Reached<Redis>> {
  const redis = new Redis(url, {
    lazyConnect: true,
    retryStrategy: () => null,
    maxRetriesPerRequest: 0,
    enableReadyCheck: false,
    connectTimeout: LIMIT_MS,
    commandTimeout: LIMIT_MS,
  });
  let last: unknown = null;
  redis.on('error', (error) => (last = error));
  try {
    await redis.connect();
    await redis.ping();
    return { ok: true, value: redis };
  } catch (error) {
    redis.disconnect();
    return { ok: false, finding: explain(toHosts(url), last ?? error) };
  }
}

function explain(at: string, error: unknown): Finding {
  const message = error instanceof Error ? error.message : '';
  if (/WRONGPASS|NOAUTH|invalid password|without any password/i.test(message))
    return fail(
      CHECK,
      `${at} refuses the password.`,
      'Put the right one into REDIS_URL, as redis://:PASSWORD@HOST:PORT.',
    );
  if (message.startsWith('LOADING'))
    return fail(CHECK, `${at} is still reading its file.`, 'Wait until it has, then ask again.');
  return fail(
    CHECK,
    `${at} does not answer (${toReason(error)}). Jobs are accepted and wait in the ledger; none is worked on.`,
    'Start Redis, or fix REDIS_URL and the way there (name, port, firewall, TLS).',
  );
}
