import type { DispatchConfig } from '@understudy/shared/contracts/dispatch-config';
import type { Store } from '@understudy/shared/store/connect';
import { closeExpiredJobs } from '@understudy/shared/store/jobs/close-expired-jobs';
import { erasesTexts } from '@understudy/shared/store/jobs/to-final';

export interface DeadlinesDeps {
  store: Store;
  settings: { current(): Pick<DispatchConfig, 'retention'> };
}

const AT_MOST = 1_000;
/** So many times in one run: jobs that were submitted together have one deadline. */
const STEPS_AT_MOST = 10;

/** Fails jobs past their deadline that nobody holds. Their announcements are told by the task for those. */
export async function closeDeadlines({ store, settings }: DeadlinesDeps): Promise<void> {
  const options = { limit: AT_MOST, erasesText: erasesTexts(settings.current()) };
  for (let step = 0; step < STEPS_AT_MOST; step += 1) {
    if ((await closeExpiredJobs(store, options)) < AT_MOST) return;
  }
}
