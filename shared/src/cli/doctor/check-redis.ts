import type { Redis } from 'ioredis';
import { isRecent, OLDEST } from '../../embedded/stores/binaries.ts';
import type { Check } from './check.ts';
import { fail, ok, warn, type Finding } from './finding.ts';
import { toSize } from './wording.ts';

const CHECK = 'redis';
/** Of `maxmemory`. */
const MUCH = 0.8;

/** Whether Redis is new enough, keeps what it is given, and has room. */
export const checkRedis: Check = {
  name: CHECK,
  async run({ redis }) {
    if (!redis.ok) return [redis.finding];
    const info = await readInfo(redis.value);
    const found = JUDGES.flatMap((judge) => judge(info) ?? []);
    if (found.some(({ status }) => status === 'fail')) return found;
    const of = info['maxmemory'] === '0' ? '' : ` of ${toSize(Number(info['maxmemory']))}`;
    const used = `${toSize(Number(info['used_memory']))}${of} in use`;
    return [ok(CHECK, `Redis ${info['redis_version']}, ${used}, evicts nothing.`), ...found];
  },
};

type Info = Record<string, string>;

async function readInfo(redis: Redis): Promise<Info> {
  const text = await redis.info();
  return Object.fromEntries([...text.matchAll(/^(\w+):(.*)\r$/gm)].map(([, key, value]) => [key, value]));
}

/** Each looks at one matter; null where it is well. */
const JUDGES: ((info: Info) => Finding | null)[] = [
  ({ redis_version: version = '' }) =>
    isRecent('redis-server', version)
      ? null
      : fail(
          CHECK,
          `Redis ${version} is too old.`,
          `Upgrade it to ${OLDEST['redis-server'].join('.')} or newer.`,
        ),
  ({ redis_mode: mode }) =>
    mode === 'cluster'
      ? fail(
          CHECK,
          'It is a Redis Cluster, over which one script cannot reach all keys of a queue.',
          'Use one primary with replicas and Sentinel, or a managed Redis that is not in cluster mode.',
        )
      : null,
  ({ role }) =>
    role === 'slave'
      ? fail(CHECK, 'This is a replica, which takes no writes.', 'Lead REDIS_URL to the primary.')
      : null,
  ({ maxmemory_policy: policy }) =>
    policy === 'noeviction'
      ? null
      : fail(
          CHECK,
          `maxmemory-policy is ${policy}: when memory is short, Redis drops queued jobs, circuits and budgets unasked.`,
          'redis-cli CONFIG SET maxmemory-policy noeviction, and the same in redis.conf.',
        ),
  toMemory,
  ({ aof_enabled: isOn }) =>
    isOn === '1'
      ? null
      : warn(
          CHECK,
          'The append-only file is off: a restart of Redis forgets circuits, counted limits, past events, and the queue, ' +
            'which the ledger has to fill again. No job is lost.',
          'redis-cli CONFIG SET appendonly yes, and the same in redis.conf.',
        ),
  ({ aof_last_write_status: status = 'ok' }) => toWriteFault(status, 'append-only file'),
  ({ rdb_last_bgsave_status: status = 'ok' }) => toWriteFault(status, 'snapshot'),
];

function toMemory({ used_memory, maxmemory }: Info): Finding | null {
  const [used, most] = [Number(used_memory), Number(maxmemory)];
  if (most === 0 || used < most * MUCH) return null;
  return warn(
    CHECK,
    `${toSize(used)} of ${toSize(most)} of its memory are in use; when it is full, nothing is queued any more.`,
    'Raise `maxmemory`, or find what else uses this Redis: Understudy’s part does not grow with the jobs that wait.',
  );
}

function toWriteFault(status: string, file: string): Finding | null {
  if (status === 'ok') return null;
  return fail(
    CHECK,
    `It could not write its ${file} (${status}), and may refuse all writes.`,
    'Look at the disk of Redis, make room there, then ask again.',
  );
}
