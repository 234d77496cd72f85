import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { createTestBed, type TestBed } from '../../testing/test-bed.ts';
import type { DeliveryDocument } from './delivery-model.ts';
import { eraseDeliveries, expireDeliveries, failPendingDeliveries } from './end-deliveries.ts';
import { insertDeliveries, toDelivery } from './insert-deliveries.ts';
import { redeliver } from './read-deliveries.ts';
import { findDueDeliveries, findNextLane } from './lane.ts';
import { claimDelivery } from './try-delivery.ts';

let bed: TestBed;
beforeAll(async () => {
  bed = await createTestBed();
});
afterAll(() => bed.close());
beforeEach(async () => {
  await bed.store.deliveries.deleteMany({});
});
afterEach(() => {
  vi.restoreAllMocks();
});

const now = new Date();
const ahead = new Date(now.getTime() + 60_000);
let made = 0;
async function insert(more: Partial<DeliveryDocument> = {}): Promise<string> {
  made += 1;
  const event = { eventId: `evt_${made}`, type: 'classification.succeeded' as const, jobId: 'job_1' };
  const to = { target: 'whk_1', webhookId: 'whk_1', client: 'default', url: null };
  const delivery = { ...toDelivery({ ...event, ...to, body: '{}', once: false }, now), ...more };
  await insertDeliveries(bed.store, [delivery]);
  return delivery._id;
}
const read = async (id: string) => bed.store.deliveries.findById(id).lean();

it('gives up what is pending for one target, but for tests and for what is being tried', async () => {
  const pending = await insert();
  const spared = [
    await insert({ once: true }),
    await insert({ claim: 't', heldUntil: ahead }),
    await insert({ target: 'whk_2' }),
  ];
  expect(await failPendingDeliveries(bed.store, 'whk_1', now, 10)).toBe(1);
  expect(await read(pending)).toMatchObject({ state: 'failed', nextTryAt: null, finishedAt: now });
  for (const id of spared) expect((await read(id))?.state).toBe('pending');
});

it('gives up what was not delivered in its time', async () => {
  const late = await insert({ roundAt: new Date(now.getTime() - 2_000) });
  const fresh = await insert();
  expect(await expireDeliveries(bed.store, new Date(now.getTime() - 1_000), now, 10)).toBe(1);
  expect((await read(late))?.state).toBe('failed');
  expect((await read(fresh))?.state).toBe('pending');
});

it('leaves alone what is begun to be tried while it is given up', async () => {
  const id = await insert({ roundAt: new Date(now.getTime() - 2_000) });
  const { deliveries } = bed.store;
  const update = deliveries.updateMany.bind(deliveries);
  vi.spyOn(deliveries, 'updateMany').mockImplementationOnce((async (filter: object, change: object) => {
    await claimDelivery(bed.store, { id, token: 't', now, until: ahead });
    return update(filter, change);
  }) as never);
  expect(await expireDeliveries(bed.store, new Date(now.getTime() - 1_000), now, 10)).toBe(0);
  expect(await read(id)).toMatchObject({ state: 'pending', claim: 't' });
});

it('forgets the words of an erased job, and tells nobody of it any more', async () => {
  const pending = await insert();
  const done = await insert({ state: 'delivered', nextTryAt: null });
  const other = await insert({ jobId: 'job_2' });
  await eraseDeliveries(bed.store, ['job_1'], now);
  expect(await read(pending)).toMatchObject({ state: 'failed', body: null });
  expect(await read(done)).toMatchObject({ state: 'delivered', body: null });
  expect(await read(other)).toMatchObject({ state: 'pending', body: '{}' });
});

it('leaves nothing to be sent of an erased job where somebody sends it again meanwhile', async () => {
  const ids = [await insert(), await insert({ state: 'delivered', nextTryAt: null })];
  const again = () => Promise.all(ids.map((id) => redeliver(bed.store, { id, now: new Date() })));
  const { deliveries } = bed.store;
  const update = deliveries.updateMany.bind(deliveries);
  vi.spyOn(deliveries, 'updateMany').mockImplementationOnce((async (...args: Parameters<typeof update>) => {
    const found = await update(...args);
    await again();
    return found;
  }) as never);
  await eraseDeliveries(bed.store, ['job_1'], now);
  await again();
  for (const id of ids)
    expect(await read(id)).toMatchObject({ body: null, state: expect.not.stringMatching('pending') });
});

it('finds what is due by what is pending, however many are done', async () => {
  await Promise.all(Array.from({ length: 200 }, () => insert({ state: 'delivered', nextTryAt: null })));
  await insert({ target: 'whk_3' });
  await insert({ target: 'whk_3', nextTryAt: ahead });
  const due = bed.store.deliveries
    .find({ target: 'whk_3', state: 'pending', nextTryAt: { $lte: now } })
    .hint('due');
  const { executionStats } = (await due.explain('executionStats')) as never as {
    executionStats: { totalDocsExamined: number };
  };
  expect(executionStats.totalDocsExamined).toBe(1);
  expect(await findDueDeliveries(bed.store, 'whk_3', now, 10)).toHaveLength(1);
  expect(await findNextLane(bed.store, '')).toEqual({ target: 'whk_3', nextTryAt: now });
  expect(await findNextLane(bed.store, 'whk_3')).toBeNull();
});
