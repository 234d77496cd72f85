import { afterAll, beforeAll, expect, it } from 'vitest';
import { readFleetWorkers } from '@understudy/shared/fleet/workers';
import { toWorkersKeys } from '@understudy/shared/fleet/keys';
import { createRedisBed, type RedisBed } from '@understudy/shared/testing/test-bed';
import { createFleetWorkers } from './workers.ts';

let bed: RedisBed;
beforeAll(async () => {
  bed = await createRedisBed();
});
afterAll(() => bed.close());

const join = (workerId: string, concurrency: number, active = () => 0) =>
  createFleetWorkers({ ...bed, workerId, concurrency, active });
const read = () => readFleetWorkers(bed.redis, bed.prefix);

it('lets everybody see who lives, how many jobs each holds, and what all can work on', async () => {
  let held = 0;
  const [first, second] = [join('w1', 32, () => held), join('w2', 8)];
  await first.beat();
  await second.beat();
  held = 5;
  await first.beat();
  expect([first.count(), first.capacity(), second.capacity()]).toEqual([2, 40, 40]);
  const seen = await read();
  expect(seen).toMatchObject([
    { id: 'w1', active: 5, concurrency: 32 },
    { id: 'w2', active: 0, concurrency: 8 },
  ]);
  expect(Date.parse(seen[0]!.lastSeenAt)).toBeGreaterThanOrEqual(Date.parse(seen[0]!.startedAt) - 1_000);
  await second.stop();
  await first.stop();
  expect(await read()).toEqual([]);
});

it('forgets who has not been seen for 5 s, and what it said', async () => {
  const { seen, said } = toWorkersKeys(bed.prefix);
  await join('dead', 16).beat();
  await bed.redis.zadd(seen, Date.now() - 6_000, 'dead');
  expect(await read()).toEqual([]);
  const living = join('living', 4);
  await living.beat();
  expect([living.count(), living.capacity()]).toEqual([1, 4]);
  expect(await bed.redis.hkeys(said)).toEqual(['living']);
});

it('forgets who died before the clock of Redis was set back', async () => {
  const { seen, said } = toWorkersKeys(bed.prefix);
  await join('dead', 16).beat();
  await bed.redis.zadd(seen, Date.now() + 3_600_000, 'dead');
  expect(await read()).toMatchObject([{ id: 'living' }]);
  const living = join('living', 4);
  await living.beat();
  expect([living.count(), living.capacity()]).toEqual([1, 4]);
  expect(await bed.redis.hkeys(said)).toEqual(['living']);
});
