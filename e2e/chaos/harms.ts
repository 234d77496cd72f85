import { setTimeout as delay } from 'node:timers/promises';
import type { AppProcess } from '../support/app-process.ts';
import type { Fleet } from '../support/fleet.ts';
import { openRedis } from '../../shared/src/testing/open-redis.ts';

/** Something that happens to a running product, and that is over when it resolves. `random` is 0 to 1. */
type Harm = (fleet: Fleet, random: () => number) => Promise<void>;

/** Longer than a lease and a lock. */
const LONGER_THAN_A_CLAIM_MS = 9_000;
const MIN_AWAY_MS = 300;
const MAX_AWAY_MS = 4_000;

/** Everything that may happen, by name. */
export const HARMS = {
  'kill a worker': ({ workers }, random) => replace(pick(workers, random), random),
  'kill an api': ({ apis }, random) => replace(pick(apis, random), random),
  'kill the scheduler': ({ scheduler }, random) => replace(scheduler, random),
  'kill redis': ({ redis }, random) => replace(redis, random),
  'kill mongod': ({ mongod }, random) => replace(mongod, random),
  'wipe redis': ({ redis }) => flush(redis.uri),
  'freeze a worker': ({ workers }, random) => freeze(pick(workers, random), LONGER_THAN_A_CLAIM_MS),
  'freeze redis': ({ redis }, random) => freeze(redis, toAwayMs(random)),
  'freeze mongod': ({ mongod }, random) => freeze(mongod, toAwayMs(random)),
} as const satisfies Record<string, Harm>;

export type HarmName = keyof typeof HARMS;

function pick<T>(all: readonly T[], random: () => number): T {
  const picked = all[Math.floor(random() * all.length)];
  if (!picked) throw new Error('There is nothing to harm.');
  return picked;
}

const toAwayMs = (random: () => number) => MIN_AWAY_MS + random() * (MAX_AWAY_MS - MIN_AWAY_MS);

async function replace(process: Pick<AppProcess, 'kill' | 'start'>, random: () => number) {
  await process.kill();
  await delay(toAwayMs(random));
  await process.start();
}

async function freeze(process: Pick<AppProcess, 'freeze' | 'thaw'>, ms: number) {
  process.freeze();
  await delay(ms);
  process.thaw();
}

async function flush(url: string) {
  const redis = await openRedis(url);
  await redis.flushall();
  redis.disconnect();
}
