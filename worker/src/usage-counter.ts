import { randomInt } from 'node:crypto';
import type { Logger } from '@understudy/shared/runtime/logger';
import type { Service } from '@understudy/shared/runtime/lifecycle';
import type { Store } from '@understudy/shared/store/connect';
import { MAX_COUNTED_ATTEMPTS, countAttempts } from '@understudy/shared/store/usage/count-attempts';
import { USAGE_SHARDS } from '@understudy/shared/store/usage/model';

export interface UsageCounter extends Service {
  /** Counts an attempt soon whose end is in the ledger. Never throws: what is not counted here is left to upkeep. */
  add(attempt: { _id: string }): void;
}

/** How long attempts gather before they are counted. */
const GATHER_MS = 250;

/**
 * Counts settled attempts into usage, gathered so that a busy process makes four transactions a second and not one an
 * attempt. They go into a shard of this process's own, taken at random, so that processes rarely meet in a document.
 */
export function createUsageCounter({ store, logger }: { store: Store; logger: Logger }): UsageCounter {
  const shard = randomInt(USAGE_SHARDS);
  let gathered: string[] = [];
  let timer: NodeJS.Timeout | null = null;
  let running: Promise<void> | null = null;

  function flush(): Promise<void> {
    if (timer) clearTimeout(timer);
    timer = null;
    running ??= count().finally(() => {
      running = null;
      if (gathered.length > 0) countSoon();
    });
    return running;
  }

  function countSoon() {
    if (gathered.length >= MAX_COUNTED_ATTEMPTS) void flush();
    else timer ??= setTimeout(() => void flush(), GATHER_MS);
  }

  async function count() {
    const batch = gathered.slice(0, MAX_COUNTED_ATTEMPTS);
    gathered = gathered.slice(MAX_COUNTED_ATTEMPTS);
    try {
      await countAttempts(store, batch, shard);
    } catch (err) {
      logger.warn({ err, attempts: batch.length }, 'usage was not counted; upkeep will');
    }
  }

  return {
    add({ _id }) {
      gathered.push(_id);
      countSoon();
    },
    async start() {},
    async stop() {
      while (running || gathered.length > 0) await flush();
    },
  };
}
