import { noteErasures } from '../answer-stats/note-changes.ts';
import { readAnswerProgress } from '../answer-stats/progress.ts';
import { eraseMessages } from '../attempts/erase-messages.ts';
import type { Store } from '../connect.ts';
import { toNative } from '../define-model.ts';
import { endJobs, type EndedJobs } from './cancel-jobs.ts';
import { inTransaction, type ClientSession } from '../transaction.ts';
import { eraseDeliveries } from '../webhooks/end-deliveries.ts';
import { CANCELLED, FINAL_STATES, toFinal } from './to-final.ts';

const NOTHING = { text: null, result: null, correction: null } as const;

const UNERASED = { state: { $in: [...FINAL_STATES] }, erasedAt: null };
/** So many texts are erased in one transaction, which holds them in memory. */
const TOGETHER = 20;

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
 * ones are cancelled in the same update. What they used and cost, and who was asked when, stays. Safe to repeat, and to be
 * repeated where it broke off. What the statistics count of them, they keep. @returns also how many were erased.
 */
export async function eraseJobs(
  store: Store,
  jobIds: readonly string[],
): Promise<EndedJobs & { erased: number }> {
  // Before the jobs are marked, too: one whose erasure breaks off on the way is not taken for erased then.
  await eraseWords(store, jobIds);
  const ended = await endJobs(store, jobIds, () => {
    const { $set, $currentDate } = toFinal({ state: 'cancelled', error: CANCELLED }, { erasesText: true });
    return { $set: { ...$set, ...NOTHING }, $currentDate: { ...$currentDate, erasedAt: true } };
  });
  const erased = await eraseFinal(store, jobIds);
  await eraseWords(store, jobIds);
  return { ...ended, erased: ended.ended + erased };
}

async function eraseWords(store: Store, jobIds: readonly string[]) {
  await eraseMessages(store, jobIds);
  await eraseDeliveries(store, jobIds, new Date(store.clock.now()));
}

/** Erases those of these jobs that are final. Answers of the last seconds are noted for the statistics before. */
async function eraseFinal(store: Store, jobIds: readonly string[]): Promise<number> {
  const progress = await readAnswerProgress(store);
  const counted = [{ state: { $ne: 'succeeded' as const } }, { finishedAt: { $lt: progress } }];
  const { modifiedCount } = await update(store, jobIds, { $or: counted });
  const left = await toNative(store.jobs)
    .find({ _id: { $in: [...jobIds] }, ...UNERASED }, { projection: { _id: 1 } })
    .toArray();
  let erased = modifiedCount;
  for (let index = 0; index < left.length; index += TOGETHER) {
    const some = left.slice(index, index + TOGETHER).map(({ _id }) => _id);
    erased += await inTransaction(store, async (session) => {
      await noteErasures(store, some, session);
      return (await update(store, some, {}, session)).modifiedCount;
    });
  }
  return erased;
}

function update(store: Store, jobIds: readonly string[], which: object, session?: ClientSession) {
  return toNative(store.jobs).updateMany(
    { _id: { $in: [...jobIds] }, ...UNERASED, ...which },
    [{ $set: { ...NOTHING, error: WITHOUT_WORDS, erasedAt: '$$NOW' } }],
    session ? { session } : {},
  );
}
