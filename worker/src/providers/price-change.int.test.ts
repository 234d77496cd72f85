import { afterAll, beforeAll, expect, it } from 'vitest';
import { createEngineBed, type EngineBed } from '../testing/engine-bed.ts';

let bed: EngineBed;
beforeAll(async () => {
  bed = await createEngineBed();
});
afterAll(() => bed.close());

it('is for the calls that are made after it: what was settled keeps its cost and the price that it names', async () => {
  const { id } = await bed.addProvider();
  const first = await bed.submit();
  await bed.execute(first._id);
  const price = { inputUsdPerMillion: 3, outputUsdPerMillion: 20 };
  await bed.store.providers.updateOne({ _id: id }, { 'configuration.price': price });
  await bed.pool.reload();
  const second = await bed.submit();
  await bed.execute(second._id);
  const [before, after] = await Promise.all([first, second].map(({ _id }) => bed.readAttempts(_id)));
  expect(before).toMatchObject([{ costNanoUsd: 200_000, priceVersion: 'override:1/10' }]);
  expect(after).toMatchObject([{ costNanoUsd: 500_000, priceVersion: 'override:3/20' }]);
  const jobs = await bed.store.jobs.find({ _id: { $in: [first._id, second._id] } }).sort({ _id: 1 });
  expect(jobs.map(({ usage }) => usage.costNanoUsd)).toEqual([200_000, 500_000]);
});
