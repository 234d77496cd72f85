import type { Store } from '../connect.ts';

const NEWEST = 20;

/** The least that one of a provider's newest calls reserved of its budget, in nano-dollars; null where none did. */
export async function findLeastReservation(store: Store, providerId: string): Promise<number | null> {
  const newest = await store.attempts
    .find({ 'provider.id': providerId, settledAt: { $ne: null } }, { reservedNanoUsd: 1 })
    .sort({ settledAt: -1 })
    .limit(NEWEST)
    .lean();
  const reserved = newest.flatMap(({ reservedNanoUsd }) => reservedNanoUsd ?? []);
  return reserved.length === 0 ? null : Math.min(...reserved);
}
