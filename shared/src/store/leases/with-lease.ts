import { randomUUID } from 'node:crypto';
import type { Store } from '../connect.ts';
import { keepLease, releaseLease, type LeaseInput } from './keep-lease.ts';

interface WorkLease extends Omit<LeaseInput, 'holder'> {
  /** Kept for as long as the work takes. Otherwise work that hangs leaves its lease to the next one. */
  isRenewed?: boolean;
}

/**
 * Runs `work` if nobody in the fleet holds the lease, which ends after `leaseMs` by the server's clock all the same,
 * unless it is renewed.
 * @returns whether it ran.
 */
export async function withLease(
  store: Store,
  { isRenewed = false, ...lease }: WorkLease,
  work: () => Promise<void>,
): Promise<boolean> {
  const held = { ...lease, holder: randomUUID() };
  if (!(await keepLease(store, held))) return false;
  const endRenewal = isRenewed ? renew(store, held) : null;
  try {
    await work();
  } finally {
    await endRenewal?.();
    await releaseLease(store, held);
  }
  return true;
}

/** @returns what ends it, when no renewal is under way any more that could take back what is given away. */
function renew(store: Store, held: LeaseInput): () => Promise<void> {
  let renewal: Promise<unknown> = Promise.resolve();
  // A store that is away is asked again the next time.
  const keep = () => keepLease(store, held).catch(() => {});
  const timer = setInterval(() => (renewal = renewal.then(keep)), held.leaseMs / 3);
  return async () => {
    clearInterval(timer);
    await renewal;
  };
}
