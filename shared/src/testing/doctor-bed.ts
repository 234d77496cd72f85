import { randomBytes } from 'node:crypto';
import path from 'node:path';
import type { Redis } from 'ioredis';
import { examine } from '../cli/doctor/examine.ts';
import type { Finding } from '../cli/doctor/finding.ts';
import type { Environment } from '../config.ts';
import { freePort } from '../embedded/free-port.ts';
import { startRedis } from '../embedded/stores/redis.ts';
import { systemClock, type Clock } from '../runtime/clock.ts';
import { openGuardedFolder } from './guarded-folder.ts';
import { openRedis } from './open-redis.ts';
import { requireBinary } from './stores.ts';
import { createTestBed, type TestBed } from './test-bed.ts';

const ADMIN_TOKEN = `ust_${'a-token-that-nobody-may-see'.repeat(2)}`;

/** An installation that the doctor looks at: a database of its own, and a Redis that may be set up badly. */
export interface DoctorBed extends Pick<TestBed, 'store' | 'masterKeys' | 'mongodbUri'> {
  folder: string;
  redis: Redis;
  redisUrl: string;
  /** All findings; `more` is laid over the environment. */
  look(more?: Environment, clock?: Clock): Promise<Finding[]>;
  /** What is not well, of one check. */
  findBad(check: string, more?: Environment): Promise<string[]>;
  /** All that was ever said, and the passwords, keys and tokens of the installation, which may not be in it. */
  said(): { words: string; secrets: string[] };
  /** Takes away all that a test has put there. */
  clear(): Promise<void>;
  close(): Promise<void>;
}

/** As UNDERSTUDY_MASTER_KEYS has them. */
export const toKeys = (keys: TestBed['masterKeys']) =>
  keys.map(({ version, key }) => `${version}:${key.toString('base64')}`).join(',');

export async function createDoctorBed(): Promise<DoctorBed> {
  const bed = await createTestBed();
  const { folder, redis, redisUrl, closeRedis } = await startOwnRedis().catch(async (error: unknown) => {
    await bed.close();
    throw error;
  });
  const env = {
    MONGODB_URI: bed.mongodbUri,
    REDIS_URL: redisUrl,
    UNDERSTUDY_MASTER_KEYS: toKeys(bed.masterKeys),
    UNDERSTUDY_BOOTSTRAP_TOKEN: ADMIN_TOKEN,
    UNDERSTUDY_DATA_DIR: folder,
    // Nobody listens there, whoever may be at the usual one.
    PORT: String(await freePort()),
  };
  let words = '';
  async function look(more: Environment = {}, clock = systemClock) {
    const findings = await examine({ ...env, ...more }, clock);
    words += JSON.stringify(findings);
    return findings;
  }
  return {
    ...bed,
    folder,
    redis,
    redisUrl,
    look,
    async findBad(check, more = {}) {
      const findings = (await look(more)).filter((finding) => finding.check === check);
      return findings.filter(({ status }) => status !== 'ok').map(({ status, what }) => `${status}: ${what}`);
    },
    said() {
      const passwords = [bed.mongodbUri, redisUrl]
        .map((uri) => new URL(uri).password)
        .filter((word) => word !== '');
      return { words, secrets: [...passwords, env.UNDERSTUDY_MASTER_KEYS.slice(2), ADMIN_TOKEN] };
    },
    async clear() {
      const { store } = bed;
      await Promise.all([
        store.providers.deleteMany(),
        store.providerHealth.deleteMany(),
        store.settings.deleteMany(),
        store.tokens.deleteMany(),
        store.keyHolders.deleteMany(),
        store.attempts.deleteMany(),
        store.usageBuckets.deleteMany(),
        store.usageDays.deleteMany(),
        store.jobs.deleteMany(),
      ]);
      await redis.flushall();
    },
    async close() {
      await closeRedis();
      await bed.close();
    },
  };
}

async function startOwnRedis() {
  const { folder, guardian, dispose } = await openGuardedFolder('understudy-doctor-');
  try {
    const { uri: redisUrl } = await startRedis({
      binary: requireBinary('redis-server', process.env),
      folder: path.join(folder, 'redis'),
      port: await freePort(),
      password: randomBytes(16).toString('hex'),
      guardian,
    });
    const redis = await openRedis(redisUrl);
    const closeRedis = () => {
      redis.disconnect();
      return dispose();
    };
    return { folder, redis, redisUrl, closeRedis };
  } catch (error) {
    await dispose();
    throw error;
  }
}
