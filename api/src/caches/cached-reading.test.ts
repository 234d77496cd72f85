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
    { leastKeptMs: 500 },
  );
  return {
    reading,
    reads: () => reads,
    advance: (ms: number) => (nowMs += ms),
    answer: (value: number) => pending.resolve(value),
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
  const { reading, reads, advance, answer } = setup();
  const first = reading();
  answer(1);
  expect(await first).toBe(1);
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
  const { reading, reads, advance, answer } = setup();
  const first = reading();
  advance(100);
  answer(1);
  await first;
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
  const { reading, reads, advance, answer, fail } = setup();
  const first = reading();
  advance(100);
  answer(1);
  await first;
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
  const { reading, reads, advance, answer } = setup();
  const first = reading();
  advance(3_600_000);
  answer(1);
  await first;
  advance(300_000);
  const next = reading();
  answer(2);
  expect(await next).toBe(2);
  expect(reads()).toBe(2);
});
