import { array, assert, boolean, constantFrom, integer, property, record } from 'fast-check';
import { expect, it } from 'vitest';
import type { AlertCondition } from '@understudy/shared/store/alerts/conditions';
import { QUIET_MS, toNextCondition } from './to-next-condition.ts';

const MINUTE = 60_000;

/** Looks at a condition at these minutes, and tells at which of them what was told. */
function run(looks: [minute: number, cause: string | null][], { tellsEnd = true } = {}) {
  const told: [number, string | null][] = [];
  let condition: AlertCondition | null = null;
  for (const [minute, cause] of looks) {
    const step = toNextCondition(condition, cause, { tellsEnd, nowMs: minute * MINUTE });
    condition = step?.next ?? condition;
    if (step?.isTold) told.push([minute, cause]);
  }
  return told;
}

it('tells each change once, however often it is looked at', () => {
  const looks: [number, string | null][] = [
    [0, null],
    [1, 'down'],
    [2, 'down'],
    [20, 'down'],
    [21, null],
    [22, null],
  ];
  expect(run(looks)).toEqual([
    [1, 'down'],
    [21, null],
  ]);
});

it('tells nothing of what is well at first', () => {
  expect(run([[0, null]])).toEqual([]);
});

it('tells a recovery at once, but no second fall within five minutes of the first', () => {
  expect(
    run([
      [0, 'down'],
      [1, null],
      [2, 'down'],
      [3, null],
      [4, 'down'],
    ]),
  ).toEqual([
    [0, 'down'],
    [1, null],
  ]);
});

it('tells how it stands once the five minutes are over, if that is not what was told last', () => {
  const flaps: [number, string | null][] = [
    [0, 'down'],
    [1, null],
    [2, 'down'],
  ];
  expect(run([...flaps, [5, 'down']]).slice(2)).toEqual([[5, 'down']]);
  expect(run([...flaps, [5, null]]).slice(2)).toEqual([]);
});

it('takes another cause for another change', () => {
  expect(
    run([
      [0, 'forbidden'],
      [1, 'quota'],
      [5, 'quota'],
    ]),
  ).toEqual([
    [0, 'forbidden'],
    [5, 'quota'],
  ]);
});

it('tells again of what was over without a word', () => {
  const looks: [number, string | null][] = [
    [0, 'stalled'],
    [1, null],
    [9, 'stalled'],
  ];
  expect(run(looks, { tellsEnd: false })).toEqual([
    [0, 'stalled'],
    [9, 'stalled'],
  ]);
});

it('is never told of the same twice in five minutes, and in the end is told how it stands', () => {
  const look = record({ afterMs: integer({ min: 0, max: 4 * MINUTE }), cause: constantFrom(null, 'a', 'b') });
  assert(
    property(array(look, { maxLength: 60 }), boolean(), (looks, tellsEnd) => {
      const told: { at: number; isEnd: boolean }[] = [];
      let condition: AlertCondition | null = null;
      let nowMs = 1_000_000;
      const see = (cause: string | null) => {
        const step = toNextCondition(condition, cause, { tellsEnd, nowMs });
        condition = step?.next ?? condition;
        if (step?.isTold) told.push({ at: nowMs, isEnd: cause === null });
      };
      for (const { afterMs, cause } of looks) {
        nowMs += afterMs;
        see(cause);
      }
      for (const isEnd of [true, false]) {
        const times = told.filter((one) => one.isEnd === isEnd).map(({ at }) => at);
        for (const [index, at] of times.slice(1).entries()) {
          expect(at - times[index]!).toBeGreaterThanOrEqual(QUIET_MS);
        }
      }
      const last = looks.at(-1)?.cause ?? null;
      nowMs += QUIET_MS;
      see(last);
      const end: AlertCondition | null = condition;
      expect((end as AlertCondition | null)?.cause ?? null).toBe(last);
    }),
  );
});
