import { expect, it } from 'vitest';
import { toSpans } from './to-spans.ts';

const HOUR_MS = 3_600_000;
const now = Date.parse('2026-03-04T05:06:07.008Z');
const show = (spans: ReturnType<typeof toSpans>) =>
  spans.map(({ width, from, to }) => `${width} ${from.toISOString()} ${to.toISOString()}`);

it('begins with a whole minute or hour', () => {
  expect(show(toSpans(HOUR_MS, now, 'minute'))).toEqual([
    'minute 2026-03-04T04:06:00.000Z 2026-03-04T05:06:07.008Z',
  ]);
  expect(show(toSpans(24 * HOUR_MS, now, 'hour'))).toEqual([
    'hour 2026-03-03T05:00:00.000Z 2026-03-04T05:06:07.008Z',
  ]);
});

it('takes whole days of a long window, without a gap and none twice', () => {
  expect(show(toSpans(7 * 24 * HOUR_MS, now, 'hour'))).toEqual([
    'hour 2026-02-25T05:00:00.000Z 2026-02-26T00:00:00.000Z',
    'day 2026-02-26T00:00:00.000Z 2026-03-04T05:06:07.008Z',
  ]);
  const atMidnight = Date.parse('2026-03-04T00:00:00.000Z');
  expect(show(toSpans(7 * 24 * HOUR_MS, atMidnight, 'hour'))).toEqual([
    'hour 2026-02-25T00:00:00.000Z 2026-02-25T00:00:00.000Z',
    'day 2026-02-25T00:00:00.000Z 2026-03-04T00:00:00.000Z',
  ]);
});
