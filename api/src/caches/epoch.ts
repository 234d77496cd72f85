import { readEpoch } from '@understudy/shared/jobs/epoch';
import { createPeriodicService, type Service } from '@understudy/shared/runtime/lifecycle';
import type { Logger } from '@understudy/shared/runtime/logger';
import type { Redis } from '@understudy/shared/runtime/redis';

const POLL_MS = 500;

export interface EpochKeeper extends Service {
  /** The epoch of Redis's contents as of half a second ago, or null while Redis is away. */
  current(): string | null;
  refresh(): Promise<void>;
}

/** Knows the epoch at any time, so that a submit stamps it without asking Redis. */
export function createEpochKeeper(options: { redis: Redis; prefix: string; logger: Logger }): EpochKeeper {
  let epoch: string | null = null;
  async function refresh() {
    epoch = await readEpoch(options.redis, options.prefix).catch(() => null);
  }
  const polling = createPeriodicService({
    name: 'epoch',
    intervalMs: POLL_MS,
    runOnce: refresh,
    logger: options.logger,
  });
  return { ...polling, refresh, current: () => epoch };
}
