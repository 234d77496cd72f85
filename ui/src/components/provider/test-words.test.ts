import { expect, it } from 'vitest';
import { toTestWords } from './test-words.ts';

const result = {
  ok: true,
  latencyMs: 320,
  models: null,
  sample: null,
  fault: null,
  message: null,
  costUsd: null,
  pricing: null,
};

it('says what a good test did', () => {
  const words = toTestWords({ ...result, models: ['a'], sample: { label: 'refund', confidence: 0.934 } });
  expect(words.title).toBe('It works: answered in 320 ms.');
  expect(words.detail).toBe('Classified a sample as “refund” at 93 %. 1 model on offer.');
});

it('says what went wrong, in the words that came with it', () => {
  const words = toTestWords({
    ...result,
    ok: false,
    fault: 'unauthenticated',
    message: 'The key was refused.',
  });
  expect(words).toEqual({
    tone: 'bad',
    title: 'It refused the API key (after 320 ms).',
    detail: 'The key was refused.',
  });
});

it('says what to do where no words came', () => {
  expect(toTestWords({ ...result, ok: false, fault: 'unauthenticated' }).detail).toBe('Replace the key.');
});

it('names a fault that it does not know', () => {
  expect(toTestWords({ ...result, ok: false, fault: 'strange' }).title).toBe(
    'It failed (strange) (after 320 ms).',
  );
});
