import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { launchStore, openStoreFolder, type RunningStore, type StoreOptions } from './launch-store.ts';

const START_MS = 30_000;
const RETRY_MS = 50;

/** Redis is killed when writing its file takes longer. */
export const REDIS_STOP_MS = 10_000;

/** Where clients find an embedded Redis. */
export function redisUrl({ port, password }: Pick<StoreOptions, 'port' | 'password'>): string {
  return `redis://:${password}@127.0.0.1:${port}/0`;
}

/** Starts Redis with an append-only file, on 127.0.0.1 only, and waits until it answers. @throws {StoreStartError} */
export async function startRedis(options: StoreOptions): Promise<RunningStore> {
  const { logFile } = await openStoreFolder(options.folder, 'redis');
  const configFile = path.join(options.folder, 'redis.conf');
  // A file, since every user of the machine can read a command line and the password is in it.
  await writeFile(configFile, toConfig(options, logFile), { mode: 0o600 });
  const uri = redisUrl(options);
  const launched = await launchStore(options, {
    name: 'Redis',
    args: [configFile],
    logFile,
    startMs: START_MS,
    stopMs: REDIS_STOP_MS,
    untilServing: (signal) => untilAnswering(uri, signal),
  });
  return { ...launched, uri };
}

function toConfig({ folder, port, password }: StoreOptions, logFile: string): string {
  const lines = [
    'bind 127.0.0.1',
    `port ${port}`,
    `requirepass ${password}`,
    `dir ${JSON.stringify(folder)}`,
    `logfile ${JSON.stringify(logFile)}`,
    'appendonly yes',
    'save ""',
    'maxmemory-policy noeviction',
    'daemonize no',
    // The command line goes on naming the folder, by which a leftover of a crash is known.
    'set-proc-title no',
  ];
  return `${lines.join('\n')}\n`;
}

/** While it reads its file, Redis answers `LOADING`. */
async function untilAnswering(uri: string, signal: AbortSignal): Promise<void> {
  for (let last: unknown; ; await delay(RETRY_MS, undefined, { signal }).catch(() => {})) {
    if (signal.aborted) throw new Error(`it did not answer in time (${last})`, { cause: last });
    const client = new Redis(uri, { lazyConnect: true, retryStrategy: () => null, maxRetriesPerRequest: 0 });
    client.on('error', (error) => (last = error));
    try {
      await client.connect();
      await client.ping();
      return;
    } catch (error) {
      last = error;
    } finally {
      client.disconnect();
    }
  }
}
