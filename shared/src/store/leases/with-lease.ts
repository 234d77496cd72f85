import { randomUUID } from 'node:crypto';
import type { Store } from '../connect.ts';
import { keepLease, releaseLease, type LeaseInput } from './keep-lease.ts';

/**
 * Runs `work` if nobody in the fleet holds the lease, which ends after `leaseMs` by the server's clock all the same.
 * @returns whether it ran.
 */
export async function withLease(
  store: Store,
  lease: Omit<LeaseInput, 'holder'>,
  work: () => Promise<void>,
): Promise<boolean> {
  const held = { ...lease, holder: randomUUID() };
  if (!(await keepLease(store, held))) return false;
  try {
    await work();
  } finally {
    await releaseLease(store, held);
  }
  return true;
}
