import type { Store } from '../connect.ts';
import type { ClientSession } from '../transaction.ts';
import type { ProviderDocument, SpendCorrection } from './model.ts';

/**
 * Notes that pricing attempts again changed what was spent at a provider in this month (as `2026-11`, UTC), in the
 * transaction that did so. Whoever keeps the spend beside the ledger takes it over from here.
 */
export async function correctSpend(
  store: Store,
  { _id, spendCorrection: current }: Pick<ProviderDocument, '_id' | 'spendCorrection'>,
  { month, nanoUsd }: Pick<SpendCorrection, 'month' | 'nanoUsd'>,
  session: ClientSession,
): Promise<void> {
  const before = current?.month === month ? current.nanoUsd : 0;
  const spendCorrection = { month, revision: (current?.revision ?? 0) + 1, nanoUsd: before + nanoUsd };
  await store.providers.updateOne({ _id }, { spendCorrection }, { session });
}
