import { eraseMessages } from '../attempts/erase-messages.ts';
import type { Store } from '../connect.ts';
import { toNative } from '../define-model.ts';
import { endJobs, type EndedJobs } from './cancel-jobs.ts';
import { eraseDeliveries } from '../webhooks/end-deliveries.ts';
import { CANCELLED, FINAL_STATES, toFinal } from './to-final.ts';

const NOTHING = { text: null, result: null, correction: null } as const;

/** A vendor's words may quote the text, however well they were covered. */
const WITHOUT_WORDS = {
  $cond: [
    { $eq: [{ $ifNull: ['$error', null] }, null] },
    null,
    { code: '$error.code', message: 'What was said of it is erased.' },
  ],
};

/**
 * Erases these jobs: text, result, rationale and correction, and what errors, attempts and webhooks say of them. Open
 * ones are cancelled in the same update. What they used and cost, and who was asked when, stays. One that was erased
 * before is left alone. @returns also how many were erased.
 */
export async function eraseJobs(
  store: Store,
  jobIds: readonly string[],
): Promise<EndedJobs & { erased: number }> {
  const ended = await endJobs(store, jobIds, () => {
    const { $set, $currentDate } = toFinal({ state: 'cancelled', error: CANCELLED }, { erasesText: true });
    return { $set: { ...$set, ...NOTHING }, $currentDate: { ...$currentDate, erasedAt: true } };
  });
  const { modifiedCount } = await toNative(store.jobs).updateMany(
    { _id: { $in: [...jobIds] }, state: { $in: [...FINAL_STATES] }, erasedAt: null },
    [{ $set: { ...NOTHING, error: WITHOUT_WORDS, erasedAt: '$$NOW' } }],
  );
  await eraseMessages(store, jobIds);
  await eraseDeliveries(store, jobIds, new Date());
  return { ...ended, erased: ended.ended + modifiedCount };
}
