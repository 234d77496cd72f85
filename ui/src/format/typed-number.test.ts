import { expect, it } from 'vitest';
import { fromTypedNumber } from './typed-number.ts';

it.each([
  ['250', 250],
  [' 99.50 ', 99.5],
  ['.5', 0.5],
  ['-5', -5],
  ['1,250', 1_250],
  ['1,250,000.5', 1_250_000.5],
  ['20 000', 20_000],
  ['20\u00A0000', 20_000],
])('reads %j as %d', (typed, value) => {
  expect(fromTypedNumber(typed)).toEqual({ value, fault: null });
});

it.each([
  '99,50',
  '0,5',
  '0,500',
  '1,25,0',
  '1250,000',
  '1,000 000',
  '1.5,000',
  '1.',
  '.',
  '1e3',
  '0x10',
  'Infinity',
  '$5',
])('says of %j how numbers are written', (typed) => {
  const fault = 'must be a number with a point before decimals, as 1,250 or 99.50';
  expect(fromTypedNumber(typed)).toEqual({ value: null, fault });
});

it('takes nothing typed as missing, and what is too large for any number as none', () => {
  expect(fromTypedNumber('  ').fault).toBe('is required');
  expect(fromTypedNumber('9'.repeat(400)).value).toBeNull();
});

it('takes a dollar sign in front of money only', () => {
  expect(fromTypedNumber('$1,250.50', { isMoney: true }).value).toBe(1_250.5);
  expect(fromTypedNumber('$ 5', { isMoney: true }).value).toBe(5);
  expect(fromTypedNumber('5$', { isMoney: true }).value).toBeNull();
});
