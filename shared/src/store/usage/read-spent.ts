import type { Store } from '../connect.ts';
import type { SpendCorrection } from '../providers/model.ts';
import { inTransaction } from '../transaction.ts';

/** What a provider cost in one month, in nano-dollars. */
export interface MonthlySpend {
  spent: number;
  /** What calls that are not settled may cost at most. */
  reserved: number;
  /** The correction of the month that `spent` has in it; null where there was none. */
  correction: SpendCorrection | null;
}

/**
 * What was spent at a provider in a month (`2026-11`, UTC) by the ledger: its buckets, the settled attempts that are not
 * in them yet, and by their upper bound those under way. All purposes count: a budget is what the vendor bills.
 */
export async function readSpent(store: Store, providerId: string, month: string): Promise<MonthlySpend> {
  const [year = 0, number = 0] = month.split('-').map(Number);
  const within = { $gte: new Date(Date.UTC(year, number - 1)), $lt: new Date(Date.UTC(year, number)) };
  const provider = { 'provider.id': providerId };
  // Of one moment: an attempt that is being counted is either in a bucket or not.
  return inTransaction(store, async (session) => {
    const sum = async (rows: AsyncIterable<{ sum: number }>) => {
      for await (const row of rows) return row.sum;
      return 0;
    };
    const total = (field: string) => ({ $group: { _id: null, sum: { $sum: field } } });
    const buckets = await sum(
      store.usageBuckets
        .aggregate([{ $match: { providerId, at: within } }, total('$costNanoUsd')], { session })
        .cursor(),
    );
    const uncounted = await sum(
      store.attempts
        .aggregate([{ $match: { counted: false, settledAt: within, ...provider } }, total('$costNanoUsd')], {
          session,
        })
        .cursor(),
    );
    const reserved = await sum(
      store.attempts
        .aggregate([{ $match: { outcome: 'pending', ...provider } }, total('$reservedNanoUsd')], { session })
        .cursor(),
    );
    const found = await store.providers
      .findById(providerId, { spendCorrection: 1 })
      .session(session)
      .lean<{ spendCorrection?: SpendCorrection | null }>();
    const correction = found?.spendCorrection?.month === month ? found.spendCorrection : null;
    return { spent: buckets + uncounted, reserved, correction };
  });
}
