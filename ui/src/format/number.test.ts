import { describe, expect, it } from 'vitest';
import { toPercent, toPlural, toUsd, toWholePercent } from './number.ts';

const WHOLE = Array.from({ length: 99 }, (_, index) => index + 1);

describe('toPercent', () => {
  it.each([
    [0, '0 %'],
    [1, '100 %'],
    [0.5, '50 %'],
    [0.873, '87 %'],
    [0.9312, '93.1 %'],
    [0.99951, '99.951 %'],
    [0.9999999, '99.999 %'],
    [0.0004, '0.04 %'],
    [0.999, '99.9 %'],
    [0.0123, '1.3 %'],
    [1.004, '100.4 %'],
    [1.13333, '113 %'],
  ])('writes %d as %s', (share, text) => expect(toPercent(share)).toBe(text));

  it.each(WHOLE)('writes %d hundredths as they are, and their tenths and hundredths', (count) => {
    expect(toPercent(count / 100)).toBe(`${count} %`);
    expect(toPercent(count / 10_000)).toBe(`${count / 100} %`);
    expect(toPercent(1 - count / 10_000)).toBe(`${(10_000 - count) / 100} %`);
  });
});

describe('toWholePercent', () => {
  it.each(WHOLE)('keeps %d hundredths', (count) => expect(toWholePercent(count / 100)).toBe(count));

  it('is whole only once all is done', () => {
    expect([0, 0.999, 1].map(toWholePercent)).toEqual([0, 99, 100]);
  });
});

describe('toUsd', () => {
  it.each([
    [0, '$0'],
    [0.00001234, '$0.000012'],
    [0.05, '$0.05'],
    [0.3, '$0.30'],
    [0.0001, '$0.0001'],
    [0.25, '$0.25'],
    [1.5, '$1.50'],
    [1234.567, '$1,234.57'],
  ])('writes %d as %s', (value, text) => expect(toUsd(value)).toBe(text));
});

it('counts in words', () => {
  expect(toPlural(1, 'job')).toBe('1 job');
  expect(toPlural(2, 'try', 'tries')).toBe('2 tries');
});
