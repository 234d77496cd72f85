import { describe, expect, it } from 'vitest';
import { matchLabel } from './match-label.ts';

describe('matchLabel', () => {
  it.each([
    ['billing', 'billing'],
    ['Billing', 'billing'],
    [' card   arrival\n', 'card arrival'],
    ['ＣＡＲＤ arrival', 'card arrival'],
    ['bill', null],
    ['', null],
    ['Apple', 'Apple'],
    ['apple', 'apple'],
    ['APPLE', null],
  ])('reads %j as %j', (answered, expected) => {
    expect(matchLabel(answered, ['billing', 'card arrival', 'Apple', 'apple'])).toBe(expected);
  });
});
