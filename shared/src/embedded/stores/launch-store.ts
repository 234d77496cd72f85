import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Guardian } from '../processes/guardian.ts';
import { describeExit, endProcess, launch, type Launched } from '../processes/launch.ts';
import { rotateLog } from './rotate-log.ts';
import { StoreStartError } from './store-error.ts';

/** What every embedded store is started with. */
export interface StoreOptions {
  binary: string;
  /** The store's own folder; made if it is not there. */
  folder: string;
  port: number;
  password: string;
  guardian: Guardian;
  /** Gives the start up. */
  signal?: AbortSignal;
}

export interface RunningStore extends Launched {
  uri: string;
}

interface LaunchStoreOptions {
  name: string;
  args: string[];
  logFile: string;
  startMs: number;
  stopMs: number;
  /** Resolves when the store serves; rejects when the signal aborts first. */
  untilServing: (signal: AbortSignal) => Promise<void>;
}

/** The folder and the log file of a store, ready for its server. */
export async function openStoreFolder(folder: string, name: string): Promise<{ logFile: string }> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const logFile = path.join(folder, `${name}.log`);
  await rotateLog(logFile);
  return { logFile };
}

/** Starts a store's server and waits until it serves; leaves none behind that does not. @throws {StoreStartError} */
export async function launchStore(store: StoreOptions, options: LaunchStoreOptions): Promise<Launched> {
  const { name, args, logFile, startMs, stopMs, untilServing } = options;
  const { binary, folder, guardian } = store;
  // A locale that the machine lacks keeps mongod from starting; nothing else of our environment concerns a store.
  const env = { LC_ALL: 'C' };
  const launched = await launch(binary, args, { kind: 'store', guardian, stdio: 'ignore', cwd: folder, env });
  const gaveUp = new AbortController();
  const ended = launched.exited.then((exit) => {
    gaveUp.abort();
    throw new StoreStartError(name, describeExit(exit), logFile);
  });
  const signals = [gaveUp.signal, AbortSignal.timeout(startMs)];
  if (store.signal) signals.push(store.signal);
  try {
    await Promise.race([untilServing(AbortSignal.any(signals)), ended]);
    return launched;
  } catch (error) {
    await endProcess(launched, stopMs);
    throw error instanceof StoreStartError ? error : new StoreStartError(name, String(error), logFile);
  }
}
