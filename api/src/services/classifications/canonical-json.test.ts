import { expect, it } from 'vitest';
import { toCanonicalJson } from './canonical-json.ts';

it('gives equal values the same text, whatever the order of their keys', () => {
  expect(toCanonicalJson({ b: [{ y: 1, x: null }], a: 'ä"' })).toBe('{"a":"ä\\"","b":[{"x":null,"y":1}]}');
  expect(toCanonicalJson({ a: 1, b: 2 })).toBe(toCanonicalJson({ b: 2, a: 1, c: undefined }));
});

it('tells values apart that only look alike', () => {
  const texts = [{ a: 1 }, { a: '1' }, { a: [1] }, { a: null }, {}, [{ a: 1 }]].map(toCanonicalJson);
  expect(new Set(texts).size).toBe(texts.length);
});
