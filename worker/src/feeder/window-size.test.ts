import { expect, it } from 'vitest';
import { createWindowSize } from './window-size.ts';

function setup() {
  let now = 0;
  const size = createWindowSize(() => now);
  const counts = (waiting: number, active = 0) => ({ waiting, active, delayed: 0 });
  return { ...size, counts, advance: (ms: number) => (now += ms) };
}

it('has room for what the fleet can work on, and a little more', () => {
  const { look, noteAdded, free, counts } = setup();
  look(counts(0));
  expect(free(32)).toBe(34);
  noteAdded(23);
  expect(free(32)).toBe(34 - 23);
  look(counts(3, 20));
  expect(free(32)).toBe(34 - 23);
});

it('keeps as many jobs at hand as were finished in the last half second, and no longer', () => {
  const { look, noteAdded, ahead, free, counts, advance } = setup();
  look(counts(0));
  noteAdded(30);
  advance(100);
  look(counts(0));
  expect(ahead()).toBe(30);
  expect(free(32)).toBe(62);
  advance(499);
  look(counts(0));
  expect(ahead()).toBe(30);
  advance(1);
  look(counts(0));
  expect(ahead()).toBe(2);
});

it('never has room for more than 5,000 in all', () => {
  const { look, free, counts } = setup();
  look(counts(0));
  expect(free(100_000)).toBe(5_000);
});

it('does not take what was lost for work that was done', () => {
  const { look, forget, ahead, counts } = setup();
  look(counts(40));
  forget();
  look(counts(0));
  expect(ahead()).toBe(2);
});
