import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildJob } from '@understudy/shared/testing/builders';
import { createFeederBed, type FeederBed } from '../testing/feeder-bed.ts';

let bed: FeederBed;
beforeAll(async () => {
  bed = await createFeederBed();
});
afterAll(() => bed.close());

const BYTES_A_JOB = 1_500;
/** As much as the queue's own keys take, which are there with no job in it. */
const SLACK_BYTES = 20_000;
const MAX_TEXT = 'x'.repeat(200_000);

/** What Redis needs for all that is ours. */
async function countBytes(): Promise<number> {
  const keys = await bed.redis.keys(`${bed.prefix}:*`);
  const sizes = await Promise.all(
    keys.map((key) => bed.redis.call('MEMORY', 'USAGE', key, 'SAMPLES', '0') as Promise<number | null>),
  );
  return sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0);
}

/** Jobs that wait, in bulk; only their number matters. */
async function layMany(count: number) {
  for (let laid = 0; laid < count; laid += 10_000) {
    const jobs = Array.from({ length: Math.min(10_000, count - laid) }, () =>
      buildJob({ waiting: true, text: 'x' }),
    );
    await bed.store.jobs.collection.insertMany(jobs as never);
  }
}

it('needs under 1.5 kB a job in the window, whatever the size of its text', async () => {
  await bed.addProvider({ configuration: { maxConcurrency: 100_000 } });
  const before = await countBytes();
  await bed.lay(64, { text: MAX_TEXT, metadata: { ticket: 'x'.repeat(500) } });
  const { held } = await bed.round();
  expect(held).toBeGreaterThan(30);
  expect((await countBytes()) - before).toBeLessThan(held * BYTES_A_JOB + SLACK_BYTES);
});

it('needs no more with 100,000 jobs waiting than with 10,000', async () => {
  await bed.clear();
  await bed.addProvider({ configuration: { maxConcurrency: 100_000 } });
  await layMany(10_000);
  await bed.round();
  const few = await countBytes();
  await layMany(90_000);
  await bed.round();
  expect(await bed.store.jobs.countDocuments({ waiting: true })).toBeGreaterThan(99_000);
  expect(Math.abs((await countBytes()) - few)).toBeLessThan(SLACK_BYTES);
});
