import { OTHER_PURPOSES, type AttemptDocument } from '../attempts/model.ts';
import type { Store } from '../connect.ts';
import type { SpendCorrection } from '../providers/model.ts';
import { inTransaction } from '../transaction.ts';

/** What a provider cost in one month, in nano-dollars. */
export interface MonthlySpend {
  spent: number;
  /** What calls that are not settled may cost at most; in whichever month they began, for they will end in this one. */
  reserved: number;
  pending: Pick<AttemptDocument, '_id' | 'reservedNanoUsd' | 'limitAt'>[];
  /** Those of the attempts asked for that are settled. */
  settled: string[];
  /** The correction of the month that `spent` has in it; null where there was none. */
  correction: SpendCorrection | null;
}

/**
 * What was spent at a provider in a month (`2026-11`, UTC) by the ledger: its days, the hours of what was no real traffic,
 * and the settled attempts that are in neither yet; and what is under way. All purposes count: a budget is what the vendor
 * bills. With it, of the same
 * moment, which of the attempts `asked` are settled.
 */
export async function readSpent(
  store: Store,
  providerId: string,
  month: string,
  asked: readonly string[] = [],
): Promise<MonthlySpend> {
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
    // Hours are of each client and model: late in a month they are too many to be asked for every few seconds.
    const jobs = await sum(
      store.usageDays
        .aggregate([{ $match: { providerId, at: within } }, total('$costNanoUsd')], { session })
        .cursor(),
    );
    const purpose = { $in: [...OTHER_PURPOSES] };
    const others = await sum(
      store.usageBuckets
        .aggregate([{ $match: { providerId, at: within, purpose } }, total('$costNanoUsd')], { session })
        .cursor(),
    );
    const uncounted = await sum(
      store.attempts
        .aggregate([{ $match: { counted: false, settledAt: within, ...provider } }, total('$costNanoUsd')], {
          session,
        })
        .cursor(),
    );
    const pending = await store.attempts
      // By the index of what is settled, in which these are together: they are few, and the settled ones are millions.
      .find({ outcome: 'pending', settledAt: null, ...provider }, { reservedNanoUsd: 1, limitAt: 1 })
      .session(session)
      .lean();
    const settled = await store.attempts
      .find({ _id: { $in: asked }, outcome: { $ne: 'pending' } }, { _id: 1 })
      .session(session)
      .lean();
    const found = await store.providers
      .findById(providerId, { spendCorrection: 1 })
      .session(session)
      .lean<{ spendCorrection?: SpendCorrection | null }>();
    const correction = found?.spendCorrection?.month === month ? found.spendCorrection : null;
    return {
      spent: jobs + others + uncounted,
      reserved: pending.reduce((total, { reservedNanoUsd }) => total + (reservedNanoUsd ?? 0), 0),
      pending,
      settled: settled.map(({ _id }) => _id),
      correction,
    };
  });
}
