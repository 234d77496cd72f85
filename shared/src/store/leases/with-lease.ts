import { randomUUID } from 'node:crypto';
import type { Store } from '../connect.ts';
import { toNative } from '../define-model.ts';
import { isDuplicateKey } from '../insert-each.ts';

/**
 * Runs `work` if nobody in the fleet holds the lease `name`, at most `leaseMs` long, by the server's clock.
 * @returns whether it ran.
 */
export async function withLease(
  store: Store,
  name: string,
  leaseMs: number,
  work: () => Promise<void>,
): Promise<boolean> {
  const holder = randomUUID();
  if (!(await takeLease(store, name, holder, leaseMs))) return false;
  try {
    await work();
  } finally {
    await store.leases.updateOne({ _id: name, holder }, { until: new Date(0) });
  }
  return true;
}

async function takeLease(store: Store, name: string, holder: string, leaseMs: number): Promise<boolean> {
  const until = { $dateAdd: { startDate: '$$NOW', unit: 'millisecond', amount: leaseMs } };
  const leases = toNative(store.leases);
  await leases.insertOne({ _id: name, holder: '', until: new Date(0) }).catch((error: unknown) => {
    if (!isDuplicateKey(error)) throw error;
  });
  const { matchedCount } = await leases.updateOne({ _id: name, $expr: { $lt: ['$until', '$$NOW'] } }, [
    { $set: { holder, until } },
  ]);
  return matchedCount === 1;
}
