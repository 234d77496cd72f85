import { LOOK_EVERY_MS, lookAtBatch } from '@understudy/shared/store/batches/look-at-batch';
import type { Clock } from '@understudy/shared/runtime/clock';
import { createPeriodicService, type Service } from '@understudy/shared/runtime/lifecycle';
import type { Logger } from '@understudy/shared/runtime/logger';
import type { Store } from '@understudy/shared/store/connect';
import type { Relay } from './relay.ts';
import { toBatchUpdated } from './to-batch-updated.ts';

export interface BatchProgress extends Service {
  /** Notes that a job of this batch changed, where it is of one. */
  note(batchId: string | null): void;
  /** Looks at one batch now, and tells what is new of it. @returns false where it was looked at less than a second ago. */
  look(batchId: string): Promise<boolean>;
  /** Looks at the batches whose time has come. */
  runOnce(): Promise<void>;
}

const EVERY_MS = 200;
/** Another process may be first every time; then that one looks. */
const TRIES = 5;

/**
 * Tells how far batches are, in the whole fleet about once a second each: a change is told at once if nothing was told
 * in the last second, else together with what comes until then.
 */
export function createBatchProgress(options: {
  store: Store;
  relay: Pick<Relay, 'tell' | 'emitBatch'>;
  clock: Clock;
  logger: Logger;
}): BatchProgress {
  const { store, relay, clock, logger } = options;
  const noted = new Map<string, { atMs: number; triesLeft: number }>();
  const lookedAt = new Map<string, number>();

  async function look(batchId: string, how: { evenSoon?: boolean } = {}): Promise<boolean> {
    const found = await lookAtBatch(store, batchId, how);
    switch (found.kind) {
      case 'too_soon':
        return false;
      case 'unchanged':
        return true;
      case 'changed':
        relay.tell(toBatchUpdated(found.batch));
        return true;
      case 'finished':
        relay.emitBatch(found.batch);
        return true;
    }
  }

  function later(batchId: string, triesLeft: number) {
    if (triesLeft === 0 || noted.has(batchId)) return;
    noted.set(batchId, { atMs: clock.monotonic() + LOOK_EVERY_MS, triesLeft });
  }

  async function lookInTime(batchId: string, triesLeft: number) {
    noted.delete(batchId);
    lookedAt.set(batchId, clock.monotonic());
    try {
      if (!(await look(batchId))) later(batchId, triesLeft - 1);
    } catch (err) {
      logger.debug({ err, batchId }, 'a batch could not be looked at now');
      later(batchId, triesLeft - 1);
    }
  }

  /** Of an end that only this process has noticed upkeep would learn in turn over all batches. */
  async function lookOnceMore(batchId: string) {
    try {
      await look(batchId, { evenSoon: true });
    } catch (err) {
      logger.debug({ err, batchId }, 'a batch could not be looked at before the stop');
    }
  }

  async function runOnce() {
    const now = clock.monotonic();
    for (const [batchId, atMs] of lookedAt) if (atMs <= now - LOOK_EVERY_MS) lookedAt.delete(batchId);
    const due = [...noted].filter(([, { atMs }]) => atMs <= now);
    for (const [batchId, { triesLeft }] of due) await lookInTime(batchId, triesLeft);
  }

  const periodic = createPeriodicService({ name: 'batch-progress', intervalMs: EVERY_MS, runOnce, logger });

  return {
    start: periodic.start,
    async stop() {
      await periodic.stop();
      await Promise.all([...noted.keys()].map(lookOnceMore));
    },
    look,
    runOnce,
    note(batchId) {
      if (batchId === null) return;
      const before = noted.get(batchId)?.atMs;
      const atMs = before ?? (lookedAt.get(batchId) ?? -Infinity) + LOOK_EVERY_MS;
      noted.set(batchId, { atMs, triesLeft: TRIES });
    },
  };
}
