import type { DispatchConfig } from '@understudy/shared/contracts/dispatch-config';
import type { Store } from '@understudy/shared/store/connect';
import { closeExpiredJobs } from '@understudy/shared/store/jobs/close-expired-jobs';
import { erasesTexts } from '@understudy/shared/store/jobs/to-final';

export interface DeadlinesDeps {
  store: Store;
  settings: { current(): Pick<DispatchConfig, 'retention'> };
}

const BATCH_SIZE = 1_000;
/** So many times in one run: jobs that were submitted together have one deadline. */
const MAX_STEPS = 10;

/** Fails jobs past their deadline that nobody holds. Their announcements are told by the task for those. */
export async function closeDeadlines({ store, settings }: DeadlinesDeps): Promise<void> {
  const options = { limit: BATCH_SIZE, erasesText: erasesTexts(settings.current()) };
  for (let step = 0; step < MAX_STEPS; step += 1) {
    if ((await closeExpiredJobs(store, options)) < BATCH_SIZE) return;
  }
}
