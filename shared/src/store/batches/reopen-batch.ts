import type { Store } from '../connect.ts';
import { toNative } from '../define-model.ts';

/** Its new end is to be written down, too; a batch that is none stays without. */
const UNSUMMARISED = {
  $cond: [
    { $eq: [{ $type: '$evaluation' }, 'object'] },
    { $mergeObjects: ['$evaluation', { isSummarised: false }] },
    '$$REMOVE',
  ],
};

/**
 * Notes that jobs of these batches were put to work again: they run, and are announced at their new ends. An end that
 * is still to be told is not told any more.
 */
export async function reopenBatches(store: Store, batchIds: readonly string[]): Promise<void> {
  const ids = { $in: [...batchIds] };
  await toNative(store.batches).updateMany({ _id: ids, state: { $in: ['running', 'finished'] } }, [
    // A look that has counted, and not written yet, is of before.
    { $set: { state: 'running', finishedAt: null, lookToken: null, evaluation: UNSUMMARISED } },
    { $unset: 'announce' },
  ]);
}
