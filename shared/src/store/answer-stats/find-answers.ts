import type { Store } from '../connect.ts';
import { toNative } from '../define-model.ts';
import type { JobDocument } from '../jobs/model.ts';
import type { TimeSpan } from '../roll-up/take-steps.ts';
import type { ClientSession } from '../transaction.ts';

/** What is read of a job that has its answer: no text, no rationale. */
export type Answer = Pick<JobDocument, 'result' | 'degraded' | 'correction'> & {
  finishedAt: Date;
  provider: { id: string };
};

const FIELDS = {
  _id: 0,
  finishedAt: 1,
  'provider.id': 1,
  degraded: 1,
  'result.labels': 1,
  correction: 1,
} as const;

/** Jobs that have their answer still. An erased one was counted when it was erased, at the latest. */
const ANSWERED = { state: 'succeeded' as const, erasedAt: null, 'provider.id': { $gt: '' } };

/** The answers of jobs that ended in the span. */
export function findAnswers(
  store: Store,
  { from, to, providerId }: TimeSpan & { providerId?: string | undefined },
  session: ClientSession,
): AsyncIterable<Answer> {
  const ofProvider = providerId === undefined ? {} : { 'provider.id': providerId };
  return toNative(store.jobs).find<Answer>(
    { finishedAt: { $gte: from, $lt: to }, ...ANSWERED, ...ofProvider },
    { hint: 'outcomes', projection: FIELDS, batchSize: 5_000, session },
  );
}

/** The answers of those of these jobs that ended at `from` or later. */
export function findAnswersOf(
  store: Store,
  { jobIds, from }: { jobIds: readonly string[]; from: Date },
  session: ClientSession,
): Promise<Answer[]> {
  return toNative(store.jobs)
    .find<Answer>(
      { _id: { $in: [...jobIds] }, finishedAt: { $gte: from }, ...ANSWERED },
      { hint: '_id_', projection: FIELDS, session },
    )
    .toArray();
}
