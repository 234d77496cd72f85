import { expect, it } from 'vitest';
import { stem } from './stem.ts';

it.each([
  ['charge', 'charges', 'charged', 'charging'],
  ['top', 'topped', 'topping'],
  ['currency', 'currencies'],
  ['fee', 'fees'],
  ['transfer', 'transfers', 'transferred', 'transferring'],
])('brings %s and its inflections together', (...forms) => {
  expect(new Set(forms.map(stem)).size).toBe(1);
});

it.each(['address', 'status', 'thing', 'pin', '2500', 'карты'])('leaves %s alone', (word) => {
  expect(stem(word)).toBe(word);
});
