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
    { minFreshMs: 500 },
  );
  const advance = (ms: number) => (nowMs += ms);
  const answer = (value: number) => pending.resolve(value);
  return {
    reading,
    reads: () => reads,
    advance,
    answer,
    /** Reads a 1, which takes so long. */
    async readFirst(costMs: number) {
      const first = reading();
      advance(costMs);
      answer(1);
      expect(await first).toBe(1);
    },
    fail: () => pending.reject(new Error('away')),
  };
}

it('reads once for many who ask at once, and keeps it for nine times what reading takes', async () => {
  const { reading, reads, advance, answer } = setup();
  const both = [reading(), reading()];
  advance(100);
  answer(1);
  expect(await Promise.all(both)).toEqual([1, 1]);
  advance(899);
  expect(await reading()).toBe(1);
  expect(reads()).toBe(1);
  advance(2_101);
  const next = reading();
  answer(2);
  expect(await next).toBe(2);
});

it('keeps for a while also what took no time', async () => {
  const { reading, reads, advance, answer, readFirst } = setup();
  await readFirst(0);
  advance(499);
  expect(await reading()).toBe(1);
  advance(1);
  const next = reading();
  answer(2);
  expect(await next).toBe(2);
  expect(reads()).toBe(2);
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

it('hands out what it has while the next is read, for thirty times what reading takes', async () => {
  const { reading, reads, advance, answer, readFirst } = setup();
  await readFirst(100);
  advance(900);
  expect(await Promise.all([reading(), reading()])).toEqual([1, 1]);
  advance(2_099);
  expect(await reading()).toBe(1);
  advance(1);
  const next = reading();
  answer(2);
  expect(await next).toBe(2);
  expect(reads()).toBe(2);
});

it('hands nothing out any more once a reading failed', async () => {
  const { reading, reads, advance, answer, readFirst, fail } = setup();
  await readFirst(100);
  advance(900);
  expect(await reading()).toBe(1);
  fail();
  expect(await reading()).toBe(1);
  const next = reading();
  answer(2);
  expect(await next).toBe(2);
  expect(reads()).toBe(3);
});

it('does not take the time in which the process stood still for what reading costs', async () => {
  const { reading, reads, advance, answer, readFirst } = setup();
  await readFirst(3_600_000);
  advance(300_000);
  const next = reading();
  answer(2);
  expect(await next).toBe(2);
  expect(reads()).toBe(2);
});
