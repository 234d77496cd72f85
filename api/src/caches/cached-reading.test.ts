import { expect, it } from 'vitest';
import { createCachedReading } from './cached-reading.ts';

function setup() {
  let nowMs = 0;
  let reads = 0;
  let pending = Promise.withResolvers<number>();
  const reading = createCachedReading(
    { monotonic: () => nowMs },
    () => {
      reads += 1;
      pending = Promise.withResolvers();
      return pending.promise;
    },
    (costMs) => costMs * 10,
  );
  return {
    reading,
    reads: () => reads,
    advance: (ms: number) => (nowMs += ms),
    answer: (value: number) => pending.resolve(value),
    fail: () => pending.reject(new Error('away')),
  };
}

it('reads once for many who ask at once, and keeps it for as long as it is told', async () => {
  const { reading, reads, advance, answer } = setup();
  const both = [reading(), reading()];
  advance(100);
  answer(1);
  expect(await Promise.all(both)).toEqual([1, 1]);
  advance(999);
  expect(await reading()).toBe(1);
  expect(reads()).toBe(1);
  advance(1);
  const next = reading();
  answer(2);
  expect(await next).toBe(2);
});

it('does not keep a failure', async () => {
  const { reading, reads, answer, fail } = setup();
  const first = reading();
  fail();
  await expect(first).rejects.toThrow('away');
  const second = reading();
  answer(3);
  expect(await second).toBe(3);
  expect(reads()).toBe(2);
});
