import { expect, it } from 'vitest';
import { createLocalCounter } from './local-counter.ts';

it('forgets of too many keys the one whose window began first, and no other', () => {
  const counter = createLocalCounter({
    windowMs: 60_000,
    clock: { monotonic: () => 0 },
    maxKeys: 3,
  });
  for (const key of ['a', 'b', 'c', 'a', 'd']) counter.add(key, 1);
  expect(counter.add('b', 1).used).toBe(2);
  expect(counter.add('a', 1).used).toBe(1);
});

it('begins a key’s window anew when it is over', () => {
  let now = 0;
  const counter = createLocalCounter({ windowMs: 60_000, clock: { monotonic: () => now } });
  counter.add('a', 7);
  now = 40_000;
  expect(counter.add('a', 1)).toEqual({ used: 8, resetMs: 20_000 });
  now = 60_000;
  expect(counter.add('a', 1)).toEqual({ used: 1, resetMs: 60_000 });
});
