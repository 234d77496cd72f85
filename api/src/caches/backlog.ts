import type { DispatchConfig } from '@understudy/shared/contracts/dispatch-config';
import { AppError } from '@understudy/shared/errors';
import type { Clock } from '@understudy/shared/runtime/clock';
import { createPeriodicService, type Service } from '@understudy/shared/runtime/lifecycle';
import type { Logger } from '@understudy/shared/runtime/logger';
import type { Store } from '@understudy/shared/store/connect';
import { countBacklog } from '@understudy/shared/store/jobs/count-backlog';

/** The place of a job that is on its way into the ledger, or a repeat of one that is there. */
export interface Place {
  /** Leaves the place, once, when `work` is over: to its job, unless it says that none was inserted. */
  hold<T extends { inserted: boolean }>(work: () => Promise<T>): Promise<T>;
}

export interface Backlog extends Service {
  /**
   * Costs a submit nothing while there is room. A batch is let in whole, however many jobs it turns out to have.
   * @throws {AppError} `backlog_full` where `maxWaitingJobs` wait already.
   */
  assertRoom(): Promise<void>;
  /** The same for one job, which is counted in until its place is left. */
  admit(): Promise<Place>;
  /** Told how many jobs were put into the ledger. */
  add(jobs: number): void;
  /** Counts anew. */
  refresh(): Promise<void>;
}

const COUNT_EVERY_MS = 1_000;
/** A count of a million takes its time; it is made no more often than leaves the ledger free for others. */
const REST_PER_COUNT = 10;
/** Before somebody is refused it is counted again, unless that was done just now or takes long. */
const FRESH_MS = 100;
/** A count that takes longer is left to the polling: nobody waits for it to be refused. */
const DEAR_MS = 500;
/** A process that stood still in the middle of a count must not rest for long. */
const MAX_COST_MS = 10_000;

/**
 * Knows about how many jobs wait: what was counted last, and what was let in here since. So what other API processes let
 * in within a second (or ten times as long as a count takes) may go beyond the bound.
 */
export function createBacklog(options: {
  store: Store;
  config: () => Pick<DispatchConfig, 'maxWaitingJobs'>;
  clock: Clock;
  logger: Logger;
}): Backlog {
  const { store, config, clock, logger } = options;
  let counted = 0;
  let added = 0;
  /** Let in, and not known to be in the ledger or not: no count takes these off. */
  let pending = 0;
  let countedAt = Number.NEGATIVE_INFINITY;
  let costMs = 0;
  let counting: Promise<void> | null = null;

  async function count() {
    const startedAt = clock.monotonic();
    const before = added;
    counted = await countBacklog(store, config().maxWaitingJobs);
    added -= before;
    countedAt = startedAt;
    costMs = Math.min(clock.monotonic() - startedAt, MAX_COST_MS);
  }

  function refresh(): Promise<void> {
    counting ??= count().finally(() => {
      counting = null;
    });
    return counting;
  }

  const isFull = () => counted + added + pending >= config().maxWaitingJobs;
  const isRested = (leastMs: number) =>
    clock.monotonic() >= countedAt + Math.max(leastMs, costMs * (1 + REST_PER_COUNT));
  async function assertRoom() {
    if (isFull() && costMs < DEAR_MS && isRested(FRESH_MS)) await refresh();
    if (isFull()) throw new AppError('backlog_full', FULL, { retryable: true });
  }

  async function hold<T extends { inserted: boolean }>(work: () => Promise<T>): Promise<T> {
    // Where the ledger does not answer it may be there.
    let inserted = true;
    try {
      const done = await work();
      ({ inserted } = done);
      return done;
    } finally {
      pending -= 1;
      if (inserted) added += 1;
    }
  }

  const polling = createPeriodicService({
    name: 'backlog',
    intervalMs: COUNT_EVERY_MS,
    runOnce: async () => {
      if (isRested(0)) await refresh();
    },
    logger,
  });

  return {
    ...polling,
    refresh,
    assertRoom,
    async admit() {
      await assertRoom();
      pending += 1;
      return { hold };
    },
    add: (jobs) => void (added += jobs),
  };
}

const FULL = 'As many jobs are waiting as may wait. Submit it again later.';
