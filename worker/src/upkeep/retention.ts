import type { Clock } from '@understudy/shared/runtime/clock';
import { DAY_MS, HOUR_MS } from '@understudy/shared/runtime/durations';
import type { Logger } from '@understudy/shared/runtime/logger';
import type { Store } from '@understudy/shared/store/connect';
import { readServerNow } from '@understudy/shared/store/read-server';
import { expireBatches } from '@understudy/shared/store/retention/expire-batches';
import { expireJobs } from '@understudy/shared/store/retention/expire-jobs';
import {
  expireAttemptsApart,
  expireDrillFailovers,
  expireHealthChecks,
} from '@understudy/shared/store/retention/expire-records';
import { expireTexts } from '@understudy/shared/store/retention/expire-texts';
import { expireUnusedKeys } from '@understudy/shared/store/retention/expire-unused-keys';
import { readDispatchConfig } from '@understudy/shared/store/settings/read-dispatch-config';
import { ROUND_MS } from '../webhooks/schedule.ts';

export interface RetentionDeps {
  store: Store;
  clock: Clock;
  logger: Logger;
}

/** Of each kind in one step; a run makes several, so that what is accepted in a second can expire in one. */
const BATCH_SIZE = 500;
const MAX_STEPS = 10;
/** A run leaves the rest to the next before its lease is over. */
const RUN_MS = 5_000;
/** By then the end of a job was delivered, or nobody tries to any more. */
const MIN_JOB_DAYS = (ROUND_MS + HOUR_MS) / DAY_MS;

type Expire = (store: Store, before: Date, limit: number) => Promise<number>;

/**
 * Makes the task that removes what is not to be kept any longer. It reads the settings from the ledger, since what they
 * say may have been made longer a moment ago. Audit and the hourly buckets of usage and availability stay for good.
 */
export function createExpire({ store, clock, logger }: RetentionDeps): () => Promise<void> {
  let lookedAtKey: string | null = null;

  async function expireUnused(now: number) {
    const before = new Date(now - DAY_MS);
    lookedAtKey = await expireUnusedKeys(store, { after: lookedAtKey, before, limit: BATCH_SIZE });
  }

  return async () => {
    const { textDays, jobDays, healthDays } = (await readDispatchConfig(store)).retention;
    // The ledger's: what a clock that is far ahead took for old would be gone for good.
    const now = await readServerNow(store);
    const endsAt = clock.monotonic() + RUN_MS;
    const expired = { texts: 0, jobs: 0, batches: 0, drillFailovers: 0, attemptsApart: 0, healthChecks: 0 };
    let left: [kind: keyof typeof expired, days: number, expire: Expire][] = [
      ['texts', textDays, expireTexts],
      ['jobs', Math.max(jobDays, MIN_JOB_DAYS), expireJobs],
      ['batches', jobDays, expireBatches],
      ['drillFailovers', jobDays, expireDrillFailovers],
      ['attemptsApart', jobDays, expireAttemptsApart],
      ['healthChecks', healthDays, expireHealthChecks],
    ];
    // In turn, so that much of one kind does not hold up the others.
    for (let step = 0; left.length > 0 && step < MAX_STEPS && clock.monotonic() < endsAt; step += 1) {
      const full: typeof left = [];
      for (const entry of left) {
        const [kind, days, expire] = entry;
        const found = await expire(store, new Date(now - days * DAY_MS), BATCH_SIZE);
        expired[kind] += found;
        if (found === BATCH_SIZE) full.push(entry);
      }
      left = full;
    }
    await expireUnused(now);
    if (Object.values(expired).some((count) => count > 0))
      logger.info({ expired }, 'removed what is not kept any longer');
  };
}
