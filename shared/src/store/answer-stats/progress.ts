import type { Store } from '../connect.ts';
import { toNative } from '../define-model.ts';
import type { ClientSession } from '../transaction.ts';
import { PROGRESS_ID } from './model.ts';

/** Up to when answers are in the buckets: those of jobs that ended before it are, and no other. It only ever rises. */
export async function readAnswerProgress(store: Store, session?: ClientSession): Promise<Date> {
  const progress = await toNative(store.answerBuckets).findOne(
    { _id: PROGRESS_ID },
    session ? { session } : {},
  );
  if (!progress) throw new Error('The store is not migrated: the statistics of answers have no progress');
  return progress.at;
}
