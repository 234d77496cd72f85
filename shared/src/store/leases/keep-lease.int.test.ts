import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { eventually } from '../../testing/eventually.ts';
import { createTestBed, type TestBed } from '../../testing/test-bed.ts';
import { keepLease, releaseLease } from './keep-lease.ts';

let bed: TestBed;
beforeAll(async () => {
  bed = await createTestBed();
});
afterAll(() => bed.close());
beforeEach(() => bed.store.leases.deleteMany({}));

const keep = (holder: string, leaseMs = 60_000) => keepLease(bed.store, { name: 'task', holder, leaseMs });
/** As the server's clock leaves it that is set back by an hour. */
const insertFar = (holder: string) =>
  bed.store.leases.create({ _id: 'task', holder, until: new Date(Date.now() + 3_600_000) });

it('gives a lease to one holder until it is given back or over', async () => {
  expect([await keep('a'), await keep('a')]).toEqual([true, true]);
  expect(await keep('b')).toBe(false);
  await releaseLease(bed.store, { name: 'task', holder: 'b' });
  expect(await keep('b')).toBe(false);
  await releaseLease(bed.store, { name: 'task', holder: 'a' });
  expect(await keep('b', 1)).toBe(true);
  await eventually(async () => expect(await keep('a')).toBe(true));
});

it('takes the lease of the dead over after its length, however far the server’s clock was set back', async () => {
  await insertFar('dead');
  expect(await keep('heir', 50)).toBe(false);
  await eventually(async () => expect(await keep('heir', 50)).toBe(true));
});

it('takes nothing from a holder that lives where the server’s clock was set back', async () => {
  await insertFar('alive');
  expect(await keep('other')).toBe(false);
  expect(await keep('alive')).toBe(true);
  expect(await keep('other')).toBe(false);
});
