import type { Store } from '../../../shared/src/store/connect.ts';
import type { JobDocument } from '../../../shared/src/store/jobs/model.ts';
import { buildJob } from '../../../shared/src/testing/builders.ts';
import { LABELS, toText } from './subject.ts';

const STEP = 1_000;

/** Puts documents into a collection, some thousands in flight, and waits until the ledger has them. */
export async function insertMany(
  collection: { insertMany(documents: never[], options: object): Promise<unknown> },
  count: number,
  build: (number: number) => object,
): Promise<void> {
  const AT_ONCE = 4;
  for (let from = 0; from < count; from += STEP * AT_ONCE) {
    const steps = Array.from({ length: AT_ONCE }, (_, step) => from + step * STEP).filter((at) => at < count);
    await Promise.all(
      steps.map((at) => {
        const documents = Array.from({ length: Math.min(STEP, count - at) }, (_, index) => build(at + index));
        return collection.insertMany(documents as never[], { ordered: false });
      }),
    );
  }
}

/** A job as a batch leaves it in the ledger: accepted, waiting for the feeder. */
export function buildWaitingJob(number: number, overrides: Partial<JobDocument> = {}): JobDocument {
  return buildJob({
    waiting: true,
    enqueuedAt: null,
    text: toText(number),
    labels: LABELS.map((name) => ({ name })),
    allowDegraded: false,
    metadata: { ticket: String(number) },
    ...overrides,
  });
}

export async function addWaitingJobs(store: Store, count: number): Promise<void> {
  await insertMany(store.jobs.collection as never, count, (number) => buildWaitingJob(number));
}

/** How many jobs are not at their end. */
export async function countOpen(store: Store): Promise<number> {
  return store.jobs.countDocuments({ state: { $in: ['queued', 'deferred', 'processing'] } });
}
