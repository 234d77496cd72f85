import { describe, expect, it } from 'vitest';
import { toAge, toDuration, toLocalTime, toUtc } from './time.ts';

describe('toDuration', () => {
  it.each([
    [0, '0 ms'],
    [0.42, '0.4 ms'],
    [12.6, '13 ms'],
    [999.4, '999 ms'],
    [999.6, '1 s'],
    [1_240, '1.24 s'],
    [12_340, '12.3 s'],
    [59_960, '1 min'],
    [185_000, '3 min 5 s'],
    [3_600_000, '1 h'],
    [5_430_000, '1 h 31 min'],
    [86_400_000, '24 h'],
    [8 * 86_400_000 + 7_200_000, '8 d 2 h'],
  ])('writes %d ms as %s', (ms, text) => expect(toDuration(ms)).toBe(text));
});

describe('toAge', () => {
  const now = new Date('2026-03-01T12:00:00Z');
  it.each([
    ['2026-03-01T12:00:02Z', 'just now'],
    ['2026-03-01T11:59:48Z', '12 s ago'],
    ['2026-03-01T11:00:01Z', '59 min ago'],
    ['2026-02-28T12:00:01Z', '23 h ago'],
    ['2026-02-20T12:00:00Z', '9 d ago'],
  ])('says of %s: %s', (at, text) => expect(toAge(new Date(at), now)).toBe(text));
});

describe('toLocalTime', () => {
  const now = new Date(2026, 2, 1, 12);
  it.each([
    [new Date(2026, 2, 1, 10, 5, 7), /^10:05:07$/],
    [new Date(2026, 1, 28, 9, 5, 7), /^(?!.*2026).*28/],
    [new Date(2027, 2, 1, 12), /2027/],
    [new Date(2025, 11, 31, 12), /2025/],
  ])('writes %o with its day unless that is today, and with its year unless that is this one', (at, text) =>
    expect(toLocalTime(at, now)).toMatch(text),
  );
});

it('writes UTC in full', () => {
  expect(toUtc(new Date('2026-03-01T12:00:00.123Z'))).toBe('2026-03-01 12:00:00.123 UTC');
});
