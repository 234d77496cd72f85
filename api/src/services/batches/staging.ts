import { stageJobs, type Upload as Sending } from '@understudy/shared/store/batches/receive-batch';
import type { JobDocument } from '@understudy/shared/store/jobs/model';
import type { Context } from '../../context.ts';
import { inStoreTime } from '../../in-store-time.ts';

/** What is in memory at once: so many jobs, or so many bytes of them. */
const BATCH_SIZE = 1_000;
const BATCH_BYTES = 4 * 1_048_576;

/** Lays up the jobs of one upload; whoever adds waits while they are written. */
export function createStaging({ store }: Pick<Context, 'store'>, sending: Sending) {
  let jobs: JobDocument[] = [];
  let bytes = 0;
  const flush = async () => {
    if (jobs.length > 0) await inStoreTime(stageJobs(store, sending, jobs));
    jobs = [];
    bytes = 0;
  };
  return {
    flush,
    /** `size` in bytes, about. */
    async add(job: JobDocument, size: number) {
      jobs.push(job);
      bytes += size;
      if (jobs.length === BATCH_SIZE || bytes >= BATCH_BYTES) await flush();
    },
  };
}
