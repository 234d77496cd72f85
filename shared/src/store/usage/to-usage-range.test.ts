import { expect, it } from 'vitest';
import { toRow, toUsageSpan } from './to-usage-range.ts';

const now = Date.parse('2026-03-04T12:30:00Z');
const at = (time: string) => new Date(time);

it('is the last 24 hours by default, from the start of an hour', () => {
  expect(toUsageSpan({ interval: 'hour' }, now)).toEqual({
    from: at('2026-03-03T12:00:00Z'),
    to: at('2026-03-04T12:30:00Z'),
    widthMs: 3_600_000,
  });
});

it('takes 10,000 rows and no more, and says what to do about it', () => {
  const to = at('2026-03-04T00:00:00Z');
  const back = (rows: number) => new Date(to.getTime() - rows * 3_600_000);
  expect(() => toUsageSpan({ interval: 'hour', from: back(10_000), to }, now)).not.toThrow();
  expect(() => toUsageSpan({ interval: 'hour', from: back(10_001), to }, now)).toThrow(
    expect.objectContaining({
      faults: [
        expect.objectContaining({
          pointer: '?from',
          code: 'too_many_rows',
          detail: expect.stringContaining('ask for days'),
        }),
      ],
    }),
  );
  expect(() => toUsageSpan({ interval: 'day', from: back(10_001), to }, now)).not.toThrow();
});

it('has days that begin at midnight in UTC', () => {
  const { widthMs } = toUsageSpan({ interval: 'day' }, now);
  expect(new Date(toRow(at('2026-03-04T23:00:00Z'), { widthMs })).toISOString()).toBe(
    '2026-03-04T00:00:00.000Z',
  );
});
