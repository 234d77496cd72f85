import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { eventually } from '../../testing/eventually.ts';
import { createTestBed, type TestBed } from '../../testing/test-bed.ts';
import { withLease } from './with-lease.ts';

let bed: TestBed;
beforeAll(async () => {
  bed = await createTestBed();
});
afterAll(() => bed.close());
beforeEach(() => bed.store.leases.deleteMany({}));

/** Work under a lease that goes on until it is told to end. */
async function begin(lease: { leaseMs: number; isRenewed?: boolean }) {
  const begun = Promise.withResolvers<void>();
  const held = Promise.withResolvers<void>();
  const over = withLease(bed.store, { name: 'task', ...lease }, async () => {
    begun.resolve();
    await held.promise;
  });
  await begun.promise;
  const end = async () => {
    held.resolve();
    return await over;
  };
  return { end };
}
const tryAnother = () => withLease(bed.store, { name: 'task', leaseMs: 60_000 }, async () => {});
/** As where the work has taken longer than the lease. */
const letLapse = () => bed.store.leases.updateOne({ _id: 'task' }, { until: new Date(0) });

it('leaves a lease to the next one where the work takes longer', async () => {
  const { end } = await begin({ leaseMs: 1_000 });
  expect(await tryAnother()).toBe(false);
  await letLapse();
  expect(await tryAnother()).toBe(true);
  expect(await end()).toBe(true);
});

it('keeps a lease that is renewed for as long as the work takes, and no longer', async () => {
  const { end } = await begin({ leaseMs: 3_000, isRenewed: true });
  await letLapse();
  await eventually(async () =>
    expect(await bed.store.leases.exists({ until: { $gt: new Date() } })).not.toBeNull(),
  );
  expect(await tryAnother()).toBe(false);
  expect(await end()).toBe(true);
  expect(await tryAnother()).toBe(true);
});
