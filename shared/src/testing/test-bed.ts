import { randomBytes } from 'node:crypto';
import type { Redis } from 'ioredis';
import { inject } from 'vitest';
import type { MasterKeys } from '../config.ts';
import { createLogger, type Logger } from '../runtime/logger.ts';
import type { Store } from '../store/connect.ts';
import { takeDatabase, type DatabasePool } from './bed-database.ts';
import { openRedis } from './open-redis.ts';
import type { StoreAddresses } from './stores.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Real stores, from the global set-up; a suite takes a database and a BullMQ prefix of its own in them. */
    stores: StoreAddresses & DatabasePool;
  }
}

/** A real Redis for one suite: a key prefix of its own, whose keys are removed at `close`. */
export interface RedisBed {
  redis: Redis;
  /** An address for connections of its own. */
  redisUrl: string;
  prefix: string;
  logger: Logger;
  /** Removes every key of the prefix. */
  wipeRedis(): Promise<void>;
  close(): Promise<void>;
}

/** Real stores for one suite: a database and a key prefix of its own, migrated, left at `close`. */
export interface TestBed extends RedisBed {
  store: Store;
  /** An address for a `compose` that opens connections of its own. */
  mongodbUri: string;
  masterKeys: MasterKeys;
  /** Has both stores as they were at first; no process may be at work in them. */
  clear(): Promise<void>;
}

/** Lays out a Redis without a ledger; needs the project `int`, whose global set-up starts the stores. */
export async function createRedisBed(): Promise<RedisBed> {
  const { redisUrl } = inject('stores');
  const prefix = `test_${randomBytes(6).toString('hex')}`;
  const logger = createLogger({ role: 'test', level: 'silent' });
  const redis = await openRedis(redisUrl);
  async function wipeRedis() {
    for await (const keys of redis.scanStream({ match: `${prefix}:*`, count: 1_000 })) {
      if (keys.length > 0) await redis.del(...(keys as string[]));
    }
  }
  return {
    redis,
    redisUrl,
    prefix,
    logger,
    wipeRedis,
    async close() {
      await wipeRedis();
      redis.disconnect();
    },
  };
}

/** Lays out a test bed; needs the project `int`, whose global set-up starts the stores. */
export async function createTestBed(): Promise<TestBed> {
  const { store, mongodbUri, clear, leave } = await takeDatabase(inject('stores'));
  const redisBed = await createRedisBed();
  return {
    ...redisBed,
    store,
    mongodbUri,
    masterKeys: [{ version: 1, key: randomBytes(32) }],
    async clear() {
      await Promise.all([clear(), redisBed.wipeRedis()]);
    },
    async close() {
      await leave();
      await redisBed.close();
    },
  };
}
