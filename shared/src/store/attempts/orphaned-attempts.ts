import type { Store } from '../connect.ts';
import { toNative } from '../define-model.ts';
import type { AttemptDocument, AttemptEnd } from './model.ts';

/**
 * Attempts that nobody will settle: still pending, past their limit since before `before`, and under a claim that no
 * longer holds their job (or with no job at all, as of tests and checks). Longest ago first.
 */
export async function findOrphanedAttempts(
  store: Store,
  before: Date,
  limit: number,
): Promise<AttemptDocument[]> {
  const pending = await store.attempts
    .find({ outcome: 'pending', limitAt: { $lt: before } })
    .sort({ limitAt: 1 })
    .limit(limit)
    .lean<AttemptDocument[]>();
  const held = await toNative(store.jobs)
    .find({ _id: { $in: pending.map(({ jobId }) => jobId) } }, { projection: { 'claim.token': 1 } })
    .toArray();
  const tokens = new Set(held.flatMap(({ claim }) => (claim ? [claim.token] : [])));
  return pending.filter(({ claimToken }) => !tokens.has(claimToken));
}

/** Settles an attempt that is still pending. @returns whether it was; else its own worker came first after all. */
export async function settleOrphan(store: Store, attemptId: string, end: AttemptEnd): Promise<boolean> {
  const { modifiedCount } = await toNative(store.attempts).updateOne(
    { _id: attemptId, outcome: 'pending' },
    { $set: { ...end }, $currentDate: { settledAt: true } },
  );
  return modifiedCount === 1;
}
