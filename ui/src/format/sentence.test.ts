import { expect, it } from 'vitest';
import { toSentence } from './sentence.ts';

it.each([
  ['the connection was refused', 'The connection was refused.'],
  ['the key was refused. Replace it.', 'The key was refused. Replace it.'],
  ['HTTP 410!', 'HTTP 410!'],
])('makes a sentence of %j', (words, sentence) => expect(toSentence(words)).toBe(sentence));
