import { expect, it } from 'vitest';
import { toNextTryMs } from './schedule.ts';

const HOUR = 3_600_000;

/** The moments of all tries of a delivery whose calls take no time, from its start on. */
function play(random: () => number): number[] {
  const tries = [0];
  for (let nowMs = 0; ;) {
    const next = toNextTryMs({ startedMs: 0, tries: tries.length }, { nowMs, askedMs: null, random });
    if (next === null) return tries;
    tries.push(next);
    nowMs = next;
  }
}

it('tries ten times over a day: at once, after 5 s, 5 min, 30 min, and then hours apart', () => {
  expect(play(() => 0.5).map((ms) => ms / HOUR)).toEqual([0, 5 / 3_600, 5 / 60, 0.5, 2, 5, 10, 14, 20, 24]);
});

it('spreads them a little, never much', () => {
  const early = play(() => 0);
  const late = play(() => 1);
  expect(early.every((ms, index) => ms <= late[index]!)).toBe(true);
  expect(late.at(-1)! - early.at(-1)!).toBeLessThan(3 * HOUR);
});

it('does not make up for lost time by a burst', () => {
  const next = toNextTryMs(
    { startedMs: 0, tries: 2 },
    { nowMs: 40 * HOUR, askedMs: null, random: () => 0.5 },
  );
  expect(next! - 40 * HOUR).toBeGreaterThanOrEqual(4_000);
});

it('waits longer where it is asked to, up to six hours', () => {
  const at = (askedMs: number) =>
    toNextTryMs({ startedMs: 0, tries: 1 }, { nowMs: 0, askedMs, random: () => 0.5 });
  expect(at(1_000)).toBe(5_000);
  expect(at(60_000)).toBe(60_000);
  expect(at(100 * HOUR)).toBe(6 * HOUR);
});
