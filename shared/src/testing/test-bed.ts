import { randomBytes } from 'node:crypto';
import type { Redis } from 'ioredis';
import { inject } from 'vitest';
import type { MasterKeys } from '../config.ts';
import { createLogger, type Logger } from '../runtime/logger.ts';
import { connectRedis, untilReady } from '../runtime/redis.ts';
import { connectStore, type Store } from '../store/connect.ts';
import { runMigrations } from '../store/migrations/run-migrations.ts';
import type { StoreAddresses } from './stores.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Real stores, from the global set-up; a suite takes a database name and a BullMQ prefix of its own in them. */
    stores: StoreAddresses;
  }
}

/** Real stores for one suite: a database and a key prefix of its own, migrated, removed at `close`. */
export interface TestBed {
  store: Store;
  redis: Redis;
  /** Addresses for a `compose` that opens connections of its own. */
  mongodbUri: string;
  redisUrl: string;
  prefix: string;
  masterKeys: MasterKeys;
  logger: Logger;
  close(): Promise<void>;
}

/** Lays out a test bed; needs the project `int`, whose global set-up starts the stores. */
export async function createTestBed(): Promise<TestBed> {
  const stores = inject('stores');
  const name = `test_${randomBytes(6).toString('hex')}`;
  const mongodbUri = toDatabaseUri(stores.mongodbUri, name);
  const logger = createLogger({ role: 'test', level: 'silent' });
  const store = await connectStore({ mongodbUri });
  await runMigrations(store);
  const redis = connectRedis({ url: stores.redisUrl, mode: 'fail-fast', logger });
  await untilReady(redis, 5_000);
  return {
    store,
    redis,
    mongodbUri,
    redisUrl: stores.redisUrl,
    prefix: name,
    masterKeys: [{ version: 1, key: randomBytes(32) }],
    logger,
    async close() {
      await store.connection.dropDatabase();
      await store.close();
      for await (const keys of redis.scanStream({ match: `${name}:*`, count: 1_000 })) {
        if (keys.length > 0) await redis.del(...(keys as string[]));
      }
      redis.disconnect();
    },
  };
}

function toDatabaseUri(uri: string, database: string): string {
  const parsed = new URL(uri);
  parsed.pathname = `/${database}`;
  if (parsed.username && !parsed.searchParams.has('authSource'))
    parsed.searchParams.set('authSource', 'admin');
  return parsed.href;
}
