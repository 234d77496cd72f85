import { expect, it } from 'vitest';
import { toBreakable } from './breakable.ts';

it.each([
  ['card_payment_fee-charged', ['card_', 'payment_', 'fee-', 'charged']],
  ['billing', ['billing']],
  ['__init__ and on', ['__', 'init__ and on']],
  ['a.b/c:d', ['a.', 'b/', 'c:', 'd']],
  ['ends_', ['ends_']],
  ['', ['']],
])('breaks %s where its words meet, and loses nothing', (text, parts) => {
  expect(toBreakable(text)).toEqual(parts);
  expect(toBreakable(text).join('')).toBe(text);
});
