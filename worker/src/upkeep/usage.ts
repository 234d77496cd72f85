import type { DispatchConfig } from '@understudy/shared/contracts/dispatch-config';
import type { Clock } from '@understudy/shared/runtime/clock';
import { rollUpAnswers } from '@understudy/shared/store/answer-stats/roll-up-answers';
import { rollUpAvailability } from '@understudy/shared/store/availability/roll-up-availability';
import { rollUpJobStats } from '@understudy/shared/store/job-stats/roll-up-job-stats';
import type { Store } from '@understudy/shared/store/connect';
import { MAX_COUNTED_ATTEMPTS, countAttempts } from '@understudy/shared/store/usage/count-attempts';
import { findUncounted } from '@understudy/shared/store/usage/find-uncounted';

export interface UsageDeps {
  store: Store;
  settings: { current(): Pick<DispatchConfig, 'availabilityTargetMs'> };
  clock: Clock;
}

/** A process that lives has counted its attempts long before. */
const LEFT_MS = 5_000;
/** The lease lets one process at a time count here, so one shard is enough. */
const SHARD = 0;

/** Counts attempts that a dead process left, and rolls up how accepted jobs fared, how many came and ended, and with what answers. */
export async function countUsage({ store, settings, clock }: UsageDeps): Promise<void> {
  const left = await findUncounted(store, new Date(clock.now() - LEFT_MS), MAX_COUNTED_ATTEMPTS);
  await countAttempts(store, left, SHARD);
  const targetMs = settings.current().availabilityTargetMs;
  await rollUpAvailability(store, { now: clock.now(), targetMs });
  await rollUpJobStats(store, clock.now());
  await rollUpAnswers(store, clock.now());
}
