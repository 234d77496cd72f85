import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestBed, type TestBed } from '../../testing/test-bed.ts';
import { insertDeliveries, toDelivery } from './insert-deliveries.ts';
import { claimDelivery } from './try-delivery.ts';

let bed: TestBed;
beforeAll(async () => {
  bed = await createTestBed();
});
afterAll(() => bed.close());

const now = new Date();

it('lets a worker begin whose clock is a little behind that by which it was due, but none before its time', async () => {
  const event = { eventId: 'evt_1', type: 'classification.succeeded' as const, jobId: 'job_1' };
  const to = { target: 'whk_1', webhookId: 'whk_1', client: 'default', url: null };
  const delivery = toDelivery({ ...event, ...to, body: '{}', once: false }, now);
  await insertDeliveries(bed.store, [delivery]);
  const claimAt = (at: number) =>
    claimDelivery(bed.store, {
      id: delivery._id,
      token: `at ${at}`,
      now: new Date(at),
      until: new Date(at + 30_000),
    });
  expect(await claimAt(now.getTime() - 3_000)).toBeNull();
  expect(await claimAt(now.getTime() - 1_000)).toMatchObject({ _id: delivery._id, roundTries: 1 });
  expect(await claimAt(now.getTime())).toBeNull();
});
