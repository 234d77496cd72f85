import { expect, it } from 'vitest';
import { createHedgeShare } from './hedge-share.ts';

function setup(calls: number) {
  const share = createHedgeShare();
  for (let call = 0; call < calls; call += 1) share.noteCall(0);
  const takeAll = (nowMs: number, maxShare = 0.1) => {
    let taken = 0;
    while (taken < 1_000 && share.take(maxShare, nowMs)) taken += 1;
    return taken;
  };
  return { share, takeAll };
}

it('gives hedges up to their share of the calls of the last minute', () => {
  const { takeAll } = setup(50);
  expect(takeAll(1_000)).toBe(5);
  expect(takeAll(59_000)).toBe(0);
});

it('gives one a minute where calls are few', () => {
  const { share, takeAll } = setup(1);
  expect(takeAll(0)).toBe(1);
  expect(takeAll(59_999)).toBe(0);
  share.noteCall(60_000);
  expect(takeAll(60_000)).toBe(1);
});

it('forgets calls that are over a minute old', () => {
  const { takeAll } = setup(50);
  expect(takeAll(60_000)).toBe(1);
});

it('gives none where the share is none', () => {
  expect(setup(50).takeAll(0, 0)).toBe(0);
});
