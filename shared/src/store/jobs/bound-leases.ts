import type { Store } from '../connect.ts';
import { toNative } from '../define-model.ts';
import { leaseFromNow } from './claim-job.ts';

/**
 * Brings the end of leases near that are longer than a lease can be: the ledger's clock was set back. A holder that lives
 * renews its lease by then, and that of one that is dead is over then.
 */
export async function boundLeases(store: Store): Promise<void> {
  await toNative(store.jobs).updateMany(
    { state: 'processing', $expr: { $gt: ['$claim.leaseUntil', leaseFromNow] } },
    [{ $set: { 'claim.leaseUntil': leaseFromNow } }],
    { hint: 'lapsed' },
  );
}
