import { expect, it } from 'vitest';
import { createPendingWork } from './pending-work.ts';

it('waits for what was added until it is over, and forgets it then', async () => {
  const work = createPendingWork();
  const [first, second] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  work.add(first.promise);
  work.add(second.promise);
  let isFlushed = false;
  const flushed = work.flush().then(() => (isFlushed = true));
  first.resolve();
  await first.promise;
  await Promise.resolve();
  expect([work.size(), isFlushed]).toEqual([1, false]);
  second.resolve();
  await flushed;
  expect(work.size()).toBe(0);
});
