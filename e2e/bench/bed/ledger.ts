import type { Store } from '../../../shared/src/store/connect.ts';
import type { JobDocument } from '../../../shared/src/store/jobs/model.ts';
import { buildJob } from '../../../shared/src/testing/builders.ts';
import { eventually } from '../../../shared/src/testing/eventually.ts';
import { LABELS, toText } from './workload.ts';

const BATCH_SIZE = 1_000;

/** Puts documents into a collection, some thousands in flight, and waits until the ledger has them. */
export async function insertMany(
  collection: { insertMany(documents: never[], options: object): Promise<unknown> },
  count: number,
  build: (number: number) => object,
): Promise<void> {
  const AT_ONCE = 4;
  for (let from = 0; from < count; from += BATCH_SIZE * AT_ONCE) {
    const steps = Array.from({ length: AT_ONCE }, (_, step) => from + step * BATCH_SIZE).filter(
      (at) => at < count,
    );
    await Promise.all(
      steps.map((at) => {
        const documents = Array.from({ length: Math.min(BATCH_SIZE, count - at) }, (_, index) =>
          build(at + index),
        );
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

/** What is open of the client whose jobs are measured, each by the index that has it, however many others wait. */
const OPEN = [
  {
    hint: 'waiting',
    filter: { priority: 5, client: 'default', state: { $in: ['queued', 'deferred'] }, waiting: true },
  },
  { hint: 'sleeping', filter: { state: 'deferred', waiting: false } },
  { hint: 'window', filter: { state: 'queued', waiting: false } },
  { hint: 'lapsed', filter: { state: 'processing' } },
];

/** In the order in which a job goes from one to the next, so that none is missed on its way. */
async function hasOpen(store: Store): Promise<boolean> {
  for (const { hint, filter } of OPEN) {
    if ((await store.jobs.collection.countDocuments(filter, { hint, limit: 1 })) > 0) return true;
  }
  return false;
}

const TIMEOUT_MS = 300_000;

export async function untilAllEnded(store: Store): Promise<void> {
  await eventually(async () => !(await hasOpen(store)), { timeoutMs: TIMEOUT_MS, everyMs: 200 });
}
