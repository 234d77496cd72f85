import type { DispatchConfig } from '@understudy/shared/contracts/dispatch-config';
import { rollUpAnswers } from '@understudy/shared/store/answer-stats/roll-up-answers';
import { rollUpAvailability } from '@understudy/shared/store/availability/roll-up-availability';
import { rollUpJobStats } from '@understudy/shared/store/job-stats/roll-up-job-stats';
import type { Store } from '@understudy/shared/store/connect';
import { readServerNow } from '@understudy/shared/store/read-server';
import { MAX_COUNTED_ATTEMPTS, countAttempts } from '@understudy/shared/store/usage/count-attempts';
import { findUncounted } from '@understudy/shared/store/usage/find-uncounted';

export interface UsageDeps {
  store: Store;
  settings: { current(): Pick<DispatchConfig, 'availabilityTargetMs'> };
}

/** A process that lives has counted its attempts long before. */
const LEFT_MS = 5_000;
/** The lease lets one process at a time count here, so one shard is enough. */
const SHARD = 0;

/** Counts attempts that a dead process left, and rolls up how accepted jobs fared, how many came and ended, and with what answers. */
export async function countUsage({ store, settings }: UsageDeps): Promise<void> {
  // What a clock that is ahead took for past would never be looked at again.
  const now = await readServerNow(store);
  const left = await findUncounted(store, new Date(now - LEFT_MS), MAX_COUNTED_ATTEMPTS);
  await countAttempts(store, left, SHARD);
  const targetMs = settings.current().availabilityTargetMs;
  await rollUpAvailability(store, { now, targetMs });
  await rollUpJobStats(store, now);
  await rollUpAnswers(store, now);
}
