import type { Store } from '../connect.ts';
import { countState } from '../jobs/count-state.ts';

/** The jobs that have not ended, as they are now. */
export interface OpenJobs {
  queued: number;
  processing: number;
  deferred: number;
}

/** Counts open jobs, and looks at none of those that have ended. */
export async function readOpenJobs(store: Store): Promise<OpenJobs> {
  const [queued, processing, deferred] = await Promise.all([
    countState(store, 'queued'),
    countState(store, 'processing'),
    countState(store, 'deferred'),
  ]);
  return { queued, processing, deferred };
}
