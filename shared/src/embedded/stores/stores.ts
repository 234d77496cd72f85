import type { Environment } from '../../config.ts';
import { findStoreBinary, type StoreBinary } from './binaries.ts';
import type { EmbeddedConfig } from '../config.ts';
import type { DataFolder } from '../folder/data-folder.ts';
import { freePort } from '../free-port.ts';
import type { Guardian } from '../processes/guardian.ts';
import { keepRunning, type KeepRunningOptions, type KeptProcess } from '../processes/keep-running.ts';
import type { StoreOptions } from './launch-store.ts';
import { MONGOD_STOP_MS, mongodUri, startMongod } from './mongod.ts';
import { REDIS_STOP_MS, redisUrl, startRedis } from './redis.ts';
import { StartError } from '../../errors.ts';

export const STORE_NAMES = ['mongod', 'redis'] as const;
export type StoreName = (typeof STORE_NAMES)[number];

export interface EmbeddedStore extends KeptProcess {
  uri: string;
}

export interface EmbeddedStoreOptions extends Pick<KeepRunningOptions, 'onUp' | 'onDown'> {
  folder: DataFolder;
  binary: string;
  password: string;
  guardian: Guardian;
}

/** A store that is to be embedded, and its server on this machine. */
export interface StorePlan {
  name: StoreName;
  binary: string;
}

const STORES = {
  mongod: {
    start: startMongod,
    toUri: mongodUri,
    binary: 'mongod',
    given: 'MONGODB_URI',
    graceMs: MONGOD_STOP_MS,
  },
  redis: {
    start: startRedis,
    toUri: redisUrl,
    binary: 'redis-server',
    given: 'REDIS_URL',
    graceMs: REDIS_STOP_MS,
  },
} as const;

class MissingBinaryError extends StartError {
  constructor(binary: StoreBinary) {
    super(
      `${binary} is not there. \`npm start\` fetches it first; or: node shared/src/embedded/set-up.mjs start`,
    );
  }
}

/** The stores that are to be embedded, with their servers. @throws {StartError} where a server is missing */
export function findEmbeddedStores(
  config: EmbeddedConfig,
  env: Environment,
): { name: StoreName; binary: string }[] {
  const names = STORE_NAMES.filter((name) => !config[STORES[name].given]);
  return names.map((name) => {
    const binary = findStoreBinary(STORES[name].binary, env);
    if (!binary) throw new MissingBinaryError(STORES[name].binary);
    return { name, binary };
  });
}

/** An embedded store in the data folder: on the port of last time if that is still free, and kept running. */
export async function createEmbeddedStore(
  name: StoreName,
  options: EmbeddedStoreOptions,
): Promise<EmbeddedStore> {
  const { folder, guardian, binary, password, onUp, onDown } = options;
  const { start, toUri, graceMs } = STORES[name];
  const portFile = `${name}.port`;
  const port = await freePort(Number(folder.read(portFile) ?? 0));
  folder.write(portFile, `${port}\n`);
  const store: StoreOptions = { binary, folder: folder.file(name), port, password, guardian };
  const kept = keepRunning({ name, start: (signal) => start({ ...store, signal }), graceMs, onUp, onDown });
  return { ...kept, uri: toUri(store) };
}
