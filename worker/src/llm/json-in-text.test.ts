import { describe, expect, it } from 'vitest';
import { findJsonObject } from './json-in-text.ts';

describe('findJsonObject', () => {
  it.each([
    ['bare', '{"a":1}', { a: 1 }],
    ['fenced', '```json\n{"a":1}\n```', { a: 1 }],
    [
      'after some words',
      'Sure! Here it is: {"a":{"b":[1,{"c":2}]}} Anything else?',
      { a: { b: [1, { c: 2 }] } },
    ],
    ['with braces in strings', 'x {"a":"} \\" {"} y', { a: '} " {' }],
    ['after thinking aloud', '<think>maybe {"a":1}</think>{"a":2}', { a: 2 }],
    ['the last of several', 'For instance {"a":1}. So: {"a":2}', { a: 2 }],
    ['after an open brace', 'set {x, y: {"a":1}', { a: 1 }],
  ])('finds an object that is %s', (_, words, expected) => {
    expect(findJsonObject(words)).toEqual(expected);
  });

  it.each(['', 'billing', '[1]', 'null', '{"a":', '{a: 1}'])('finds none in %j', (words) => {
    expect(findJsonObject(words)).toBeUndefined();
  });

  it('does not lose itself in braces', () => {
    expect(findJsonObject('{'.repeat(1_000_000))).toBeUndefined();
  });
});
