import { expect, it } from 'vitest';
import { createWindowSize } from './window-size.ts';

function setup() {
  let now = 0;
  const size = createWindowSize(() => now);
  return { size, advance: (ms: number) => (now += ms) };
}

const counts = (waiting: number, active = 0) => ({ waiting, active, delayed: 0 });

it('has room for what the fleet can work on, and a little more', () => {
  const { size } = setup();
  size.look(counts(0), 0);
  expect(size.free(32)).toBe(34);
  size.look(counts(3, 20), 23);
  expect(size.free(32)).toBe(34 - 23);
});

it('keeps as many jobs at hand as were finished in the last half second, and no longer', () => {
  const { size, advance } = setup();
  size.look(counts(30), 30);
  advance(100);
  size.look(counts(0), 0);
  expect(size.ahead()).toBe(30);
  expect(size.free(32)).toBe(62);
  advance(499);
  size.look(counts(0), 0);
  expect(size.ahead()).toBe(30);
  advance(1);
  size.look(counts(0), 0);
  expect(size.ahead()).toBe(2);
});

it('never has room for more than 5,000 in all', () => {
  const { size } = setup();
  size.look(counts(0), 0);
  expect(size.free(100_000)).toBe(5_000);
});

it('takes what was lost for no work done', () => {
  const { size } = setup();
  size.look(counts(40), 40);
  size.forget();
  size.look(counts(0), 0);
  expect(size.ahead()).toBe(2);
});
