import type { RunningStore, StoreOptions } from '../../shared/src/embedded/stores/launch-store.ts';
import { startMongod } from '../../shared/src/embedded/stores/mongod.ts';
import { startRedis } from '../../shared/src/embedded/stores/redis.ts';

/** A real store that a test may kill, freeze and start again on its port and its files. */
export interface StoreProcess {
  uri: string;
  /** Where its files are. */
  folder: string;
  pid(): number;
  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<void>;
  start(): Promise<void>;
  /** SIGSTOP: connections stay open, and nothing is answered. */
  freeze(): void;
  thaw(): void;
}

const STARTS = { mongod: startMongod, redis: startRedis };

export async function startStoreProcess(
  name: keyof typeof STARTS,
  options: StoreOptions,
): Promise<StoreProcess> {
  let running: RunningStore = await STARTS[name](options);
  const signal = (signal: NodeJS.Signals) => void running.child.kill(signal);
  return {
    uri: running.uri,
    folder: options.folder,
    pid: () => running.pid,
    async kill() {
      signal('SIGKILL');
      await running.exited;
    },
    async start() {
      running = await STARTS[name](options);
    },
    freeze: () => signal('SIGSTOP'),
    thaw: () => signal('SIGCONT'),
  };
}
