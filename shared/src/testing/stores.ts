import { randomBytes } from 'node:crypto';
import path from 'node:path';
import type { Environment } from '../config.ts';
import { findStoreBinary, type StoreBinary } from '../embedded/stores/binaries.ts';
import { freePort } from '../embedded/free-port.ts';
import { endProcess } from '../embedded/processes/launch.ts';
import type { StoreOptions } from '../embedded/stores/launch-store.ts';
import { MONGOD_STOP_MS, startMongod } from '../embedded/stores/mongod.ts';
import { REDIS_STOP_MS, startRedis } from '../embedded/stores/redis.ts';
import { containerEngineAnswers, startContainerStores } from './container-stores.ts';
import { openGuardedFolder } from './guarded-folder.ts';

export interface StoreAddresses {
  mongodbUri: string;
  redisUrl: string;
}

export interface TestStores extends StoreAddresses {
  /** Ends what was started and removes its files; safe to call twice. */
  stop(): Promise<void>;
}

/**
 * Real stores for the tests: those of MONGODB_URI and REDIS_URL where both are given, else containers where an engine
 * answers, else the embedded ones in a temporary folder.
 */
export async function startTestStores({ env }: { env: Environment }): Promise<TestStores> {
  const { MONGODB_URI: mongodbUri, REDIS_URL: redisUrl } = env;
  if (mongodbUri && redisUrl) return { mongodbUri, redisUrl, stop: async () => {} };
  const started = (await containerEngineAnswers(env))
    ? await startContainerStores()
    : await startEmbeddedStores(env);
  return { ...started, ...(mongodbUri && { mongodbUri }), ...(redisUrl && { redisUrl }) };
}

async function startEmbeddedStores(env: Environment): Promise<TestStores> {
  const mongod = requireBinary('mongod', env);
  const redis = requireBinary('redis-server', env);
  const { folder, guardian, dispose } = await openGuardedFolder('understudy-test-');
  const options = async (binary: string, name: string): Promise<StoreOptions> => ({
    binary,
    folder: path.join(folder, name),
    port: await freePort(),
    password: randomBytes(24).toString('hex'),
    guardian,
  });
  const starting = [
    startMongod(await options(mongod, 'mongod')),
    startRedis(await options(redis, 'redis')),
  ] as const;
  const stores = await Promise.all(starting).catch(async (error: unknown) => {
    await Promise.allSettled(starting);
    await dispose();
    throw error;
  });
  let stopped: Promise<void> | undefined;
  const stop = async () => {
    await Promise.all([endProcess(stores[0], MONGOD_STOP_MS), endProcess(stores[1], REDIS_STOP_MS)]);
    await dispose();
  };
  return { mongodbUri: stores[0].uri, redisUrl: stores[1].uri, stop: () => (stopped ??= stop()) };
}

/** Where the binary of a store is. @throws where it is not installed. */
export function requireBinary(name: StoreBinary, env: Environment): string {
  const found = findStoreBinary(name, env);
  if (!found)
    throw new Error(`${name} is not there. Run \`node shared/src/embedded/set-up.mjs test\` first.`);
  return found;
}
