import type { Store } from '@understudy/shared/store/connect';
import { closeExpiredJobs } from '@understudy/shared/store/jobs/close-expired-jobs';

const AT_MOST = 1_000;

/** Fails jobs past their deadline that nobody holds. Their announcements are told by the task for those. */
export async function closeDeadlines({ store }: { store: Store }): Promise<void> {
  await closeExpiredJobs(store, AT_MOST);
}
