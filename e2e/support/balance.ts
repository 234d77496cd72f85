import type { Store } from '../../shared/src/store/connect.ts';
import { eventually } from '../../shared/src/testing/eventually.ts';

/** Whether the books agree: what the ledger has of attempts, and what usage counted of them. */
export interface Balance {
  attempts: number;
  /** Calls that nobody settled, though their worker is gone. */
  pending: number;
  /** What usage has more (or less) than the settled attempts: calls, and nano-dollars. */
  miscounted: { requests: number; costNanoUsd: number };
  /** Calls of a job under another claim than its first: a claim was lost with a call under way, or just answered. */
  repeatedCalls: number;
}

interface Sums {
  requests: number;
  costNanoUsd: number;
}

/** Waits until every settled attempt is counted, and with `untilSettled` until every attempt is settled. */
export async function strikeBalance(
  store: Store,
  { untilSettled, timeoutMs }: { untilSettled: boolean; timeoutMs: number },
): Promise<Balance> {
  const open = untilSettled
    ? { $or: [{ outcome: 'pending' as const }, { counted: false }] }
    : { outcome: { $ne: 'pending' as const }, counted: false };
  // What is open after that shows in the numbers.
  await eventually(async () => (await store.attempts.countDocuments(open)) === 0, {
    timeoutMs,
    everyMs: 200,
  }).catch(() => {});
  const [attempts, pending, settled, counted, repeatedCalls] = await Promise.all([
    store.attempts.countDocuments({}),
    store.attempts.countDocuments({ outcome: 'pending' }),
    sum(store.attempts.aggregate<Sums>(toSums({ outcome: { $ne: 'pending' } }, 1))),
    sum(store.usageBuckets.aggregate<Sums>(toSums({}, '$requests'))),
    countRepeated(store),
  ]);
  const miscounted = {
    requests: counted.requests - settled.requests,
    costNanoUsd: counted.costNanoUsd - settled.costNanoUsd,
  };
  return { attempts, pending, miscounted, repeatedCalls };
}

const toSums = (match: object, requests: 1 | '$requests') => [
  { $match: match },
  { $group: { _id: null, requests: { $sum: requests }, costNanoUsd: { $sum: '$costNanoUsd' } } },
];

async function sum(found: PromiseLike<Sums[]>): Promise<Sums> {
  const [sums] = await found;
  return sums ?? { requests: 0, costNanoUsd: 0 };
}

async function countRepeated(store: Store): Promise<number> {
  const [found] = await store.attempts.aggregate<{ repeated: number }>([
    { $match: { purpose: 'job', outcome: { $ne: 'failed' } } },
    { $group: { _id: '$jobId', claims: { $addToSet: '$claimToken' } } },
    { $group: { _id: null, repeated: { $sum: { $subtract: [{ $size: '$claims' }, 1] } } } },
  ]);
  return found?.repeated ?? 0;
}
