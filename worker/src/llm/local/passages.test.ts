import { expect, it } from 'vitest';
import { toPassages, toReadPart } from './passages.ts';

it('reads the beginning and the end of a very long text', () => {
  const part = toReadPart(`start ${'x '.repeat(100_000)} end`);
  expect(part).toMatch(/^start .* end$/s);
  expect(part.length).toBeLessThan(17_000);
});

it('cuts at the ends of sentences and loses no character', () => {
  const text = 'I want a refund now. Ok. Also I have lost my card! Bye';
  const passages = toPassages(text);
  expect(passages).toEqual(['I want a refund now.', ' Ok. Also I have lost my card! Bye']);
  expect(passages.join('')).toBe(text);
});

it('keeps a text without sentences whole and a text of many within eight passages', () => {
  expect(toPassages('no end')).toEqual(['no end']);
  expect(toPassages('')).toEqual(['']);
  expect(toPassages('One more sentence here. '.repeat(100)).length).toBeLessThanOrEqual(8);
});
