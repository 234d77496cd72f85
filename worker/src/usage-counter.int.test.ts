import { setImmediate } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, it, onTestFinished, vi } from 'vitest';
import { eventually } from '@understudy/shared/testing/eventually';
import { buildAttempt, buildAttemptEnd } from '@understudy/shared/testing/builders';
import { createTestBed, type TestBed } from '@understudy/shared/testing/test-bed';
import { createUsageCounter } from './usage-counter.ts';

let bed: TestBed;
beforeAll(async () => {
  bed = await createTestBed();
});
afterEach(async () => {
  vi.restoreAllMocks();
  await bed.store.attempts.deleteMany({});
  await bed.store.usageBuckets.deleteMany({});
});
afterAll(() => bed.close());

async function settle(count: number) {
  const settled = Array.from({ length: count }, () => ({
    ...buildAttempt(),
    ...buildAttemptEnd(),
    settledAt: new Date(),
  }));
  await bed.store.attempts.insertMany(settled);
  return settled;
}
const countRequests = async () =>
  (await bed.store.usageBuckets.find().lean()).reduce((sum, { requests }) => sum + requests, 0);

it('counts by itself what was added, many in one transaction', async () => {
  const transactions = vi.spyOn(bed.store.connection, 'startSession');
  const counter = createUsageCounter(bed);
  for (const attempt of await settle(50)) counter.add(attempt);
  await eventually(async () => expect(await countRequests()).toBe(50));
  expect(transactions).toHaveBeenCalledTimes(1);
  await counter.stop();
});

it('counts what comes during a count together with what comes after it', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  const transactions = vi.spyOn(bed.store.connection, 'startSession');
  const [first, during, after] = await settle(3);
  const counter = createUsageCounter(bed);
  counter.add(first!);
  vi.advanceTimersByTime(250);
  counter.add(during!);
  while (transactions.mock.results.length === 0) await setImmediate();
  const session = await transactions.mock.results[0]!.value;
  while (!session.hasEnded) await setImmediate();
  counter.add(after!);
  while ((await countRequests()) < 3) vi.advanceTimersByTime(250);
  expect(transactions).toHaveBeenCalledTimes(2);
});

it('has counted everything when it has stopped, and may be stopped twice', async () => {
  const counter = createUsageCounter(bed);
  for (const attempt of await settle(1_200)) counter.add(attempt);
  await Promise.all([counter.stop(), counter.stop()]);
  expect(await countRequests()).toBe(1_200);
});

it('leaves to upkeep what it could not count, and goes on', async () => {
  const counter = createUsageCounter(bed);
  const [first, second] = await settle(2);
  vi.spyOn(bed.store.connection, 'startSession').mockRejectedValueOnce(new Error('the store is away'));
  counter.add(first!);
  await counter.stop();
  expect(await bed.store.attempts.countDocuments({ counted: false })).toBe(2);
  counter.add(second!);
  await counter.stop();
  expect(await bed.store.attempts.findById(second!._id).lean()).toMatchObject({ counted: true });
});
