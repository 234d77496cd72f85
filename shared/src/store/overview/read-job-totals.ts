import { PROGRESS_ID } from '../availability/model.ts';
import type { Store } from '../connect.ts';
import { PROGRESS } from '../job-stats/model.ts';

/** Jobs that were ever counted. These only rise, by what the roll-ups add every few seconds. */
export interface JobTotals {
  accepted: number;
  ended: Record<'succeeded' | 'failed' | 'cancelled', number>;
  /** Of the jobs that availability is judged by: in time, in time by `local` where others were to, and neither. */
  availability: Record<'answered' | 'degraded' | 'missed', number>;
}

/** Three rows, however many jobs there were. */
export async function readJobTotals(store: Store): Promise<JobTotals> {
  const [rows, availability] = await Promise.all([
    store.jobStatsBuckets.find({ _id: { $in: Object.values(PROGRESS) } }).lean(),
    store.availabilityBuckets.findById(PROGRESS_ID).lean(),
  ]);
  const rowOf = (id: string) => rows.find(({ _id }) => _id === id);
  const ended = rowOf(PROGRESS.ended);
  const { accepted = 0, answered = 0, degraded = 0 } = availability ?? {};
  return {
    accepted: rowOf(PROGRESS.accepted)?.accepted ?? 0,
    ended: {
      succeeded: ended?.succeeded ?? 0,
      failed: ended?.failed ?? 0,
      cancelled: ended?.cancelled ?? 0,
    },
    availability: { answered, degraded, missed: accepted - answered - degraded },
  };
}
