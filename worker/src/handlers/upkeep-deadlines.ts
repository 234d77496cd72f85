import type { DispatchConfig } from '@understudy/shared/contracts/dispatch-config';
import type { Store } from '@understudy/shared/store/connect';
import { closeExpiredJobs } from '@understudy/shared/store/jobs/close-expired-jobs';
import { erasesTexts } from '@understudy/shared/store/jobs/to-final';

export interface DeadlinesDeps {
  store: Store;
  settings: { current(): Pick<DispatchConfig, 'retention'> };
}

const AT_MOST = 1_000;

/** Fails jobs past their deadline that nobody holds. Their announcements are told by the task for those. */
export async function closeDeadlines({ store, settings }: DeadlinesDeps): Promise<void> {
  await closeExpiredJobs(store, { limit: AT_MOST, erasesText: erasesTexts(settings.current()) });
}
