import type { Store } from '../connect.ts';
import { toNative } from '../define-model.ts';
import type { ClientSession } from '../transaction.ts';

/**
 * Has the evaluations that these jobs are of written down anew, in the transaction that changed what the jobs cost. What is
 * being written down meanwhile by what they cost before does not land.
 */
export async function rescoreEvaluations(
  store: Store,
  jobIds: readonly string[],
  session: ClientSession,
): Promise<void> {
  const batchIds = await store.jobs
    .distinct('batchId', { _id: { $in: [...jobIds] }, batchId: { $gt: 'evl_', $lt: 'evl`' } })
    .session(session);
  if (batchIds.length === 0) return;
  await toNative(store.batches).updateMany(
    { _id: { $in: batchIds as string[] }, evaluation: { $type: 'object' } },
    { $set: { 'evaluation.isSummarised': false }, $inc: { 'evaluation.costChanges': 1 } },
    { session },
  );
}
