import type { Store } from '../connect.ts';
import { toNative } from '../define-model.ts';
import { leaseFromNow } from './claim-job.ts';

/** Less is no matter, and what is renewed while this waits for another's transaction stays as it is. */
const FAR_OFF_MS = 10_000;
const WITHIN_MS = 1_000;

/**
 * Brings near the end of every lease that lasts longer than one can: the ledger's clock was set back. Whoever lives
 * renews it by then; that of the dead is over then.
 */
export async function boundLeases(store: Store): Promise<void> {
  await toNative(store.jobs).updateMany(
    { state: 'processing', $expr: { $gt: ['$claim.leaseUntil', { $add: [leaseFromNow, FAR_OFF_MS] }] } },
    [{ $set: { 'claim.leaseUntil': leaseFromNow } }],
    { hint: 'lapsed', maxTimeMS: WITHIN_MS },
  );
}
