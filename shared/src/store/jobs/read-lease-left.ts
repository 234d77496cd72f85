import type { Store } from '../connect.ts';
import { toNative } from '../define-model.ts';
import { LEASE_MS } from './claim-job.ts';

/**
 * What is left of the lease of whoever holds a job of this generation, by the ledger's clock alone, since this process's
 * own may be far from it: from 0, where it has run out, to `LEASE_MS`. Null where nobody holds it.
 * @throws the driver's error where the ledger is away.
 */
export async function readLeaseLeftMs(
  store: Store,
  jobId: string,
  generation: number,
): Promise<number | null> {
  const projection = { leftMs: { $subtract: ['$claim.leaseUntil', '$$NOW'] } };
  const held = await toNative(store.jobs).findOne<{ leftMs: number | null }>(
    { _id: jobId, generation, state: 'processing' },
    { projection },
  );
  if (!held || held.leftMs === null) return null;
  // More than a lease is left only where that clock was set back.
  return Math.min(LEASE_MS, Math.max(0, held.leftMs));
}
