import { randomUUID } from 'node:crypto';
import type { Store } from '../connect.ts';
import { keepLease, releaseLease } from './keep-lease.ts';

/**
 * Runs `work` if nobody in the fleet holds the lease `name`, at most `leaseMs` long, by the server's clock.
 * @returns whether it ran.
 */
export async function withLease(
  store: Store,
  name: string,
  leaseMs: number,
  work: () => Promise<void>,
  writeConcern?: Parameters<typeof keepLease>[4],
): Promise<boolean> {
  const holder = randomUUID();
  if (!(await keepLease(store, name, holder, leaseMs, writeConcern))) return false;
  try {
    await work();
  } finally {
    await releaseLease(store, name, holder);
  }
  return true;
}
