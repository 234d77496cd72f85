import { createPendingWork } from '@understudy/shared/runtime/pending-work';

/** Work by key, each key's one at a time; what is asked for again meanwhile is done once more after that. */
export interface Turns {
  /** `work` of the first who asked stands for all who ask under this key until it is done. */
  ask(key: string, work: () => Promise<unknown>): void;
  /** Resolves when everything that was asked for is done or has failed. */
  flush(): Promise<void>;
}

/** `onError` is told what failed; whoever asked is not. */
export function createTurns(onError: (err: unknown, key: string) => void): Turns {
  /** True where it was asked for again meanwhile. */
  const running = new Map<string, boolean>();
  const pending = createPendingWork();

  async function run(key: string, work: () => Promise<unknown>) {
    try {
      do {
        running.set(key, false);
        await work();
      } while (running.get(key));
    } catch (err) {
      onError(err, key);
    } finally {
      running.delete(key);
    }
  }

  return {
    ask(key, work) {
      if (running.has(key)) {
        running.set(key, true);
        return;
      }
      pending.add(run(key, work));
    },
    flush: pending.flush,
  };
}
