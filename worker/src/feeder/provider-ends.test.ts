import { expect, it } from 'vitest';
import { buildRoom } from '../testing/build-room.ts';
import { createProviderEnds } from './provider-ends.ts';

function setup() {
  let now = 0;
  const ends = createProviderEnds(() => now);
  const look = (counts: Record<string, number | null>) =>
    ends.look(Object.entries(counts).map(([providerId, ended]) => buildRoom({ providerId, ended })));
  return { look, ahead: ends.ahead, advance: (ms: number) => (now += ms) };
}

it('keeps as many jobs at hand for each provider as its calls that ended in the last half second, and at least two', () => {
  const { look, ahead, advance } = setup();
  look({ fast: 1_000, slow: 40 });
  expect(ahead('fast')).toBe(2);
  advance(100);
  look({ fast: 1_030, slow: 41 });
  advance(400);
  look({ fast: 1_035, slow: 41 });
  expect([ahead('fast'), ahead('slow'), ahead('nobody')]).toEqual([35, 2, 2]);
  advance(100);
  expect([ahead('fast'), ahead('slow')]).toEqual([5, 2]);
});

it('goes on from what it knew where the fleet could not be asked', () => {
  const { look, ahead } = setup();
  look({ fast: 10 });
  look({ fast: null });
  look({ fast: 13 });
  expect(ahead('fast')).toBe(3);
});

it('takes no count that was lost for calls', () => {
  const { look, ahead } = setup();
  look({ fast: 10 });
  look({ fast: 0 });
  look({ fast: 4 });
  expect(ahead('fast')).toBe(4);
});
