import { expect, it } from 'vitest';
import { toAnsweringModel } from './answering-model.ts';

it.each([
  'gpt-4o-mini-2024-07-18',
  'claude-haiku-4-5',
  'meta-llama/Llama-3.1-8B:free',
  'ft:gpt-4o:acme::7p4',
])('reads the model %s', (model) => {
  expect(toAnsweringModel({ model, choices: [] }, 'sk-1')).toBe(model);
});

it.each([
  [null],
  ['gpt-4o'],
  [{}],
  [{ model: 7 }],
  [{ model: '' }],
  [{ model: 'words of a text' }],
  [{ model: 'x'.repeat(101) }],
  [{ model: 'model-sk-private' }],
])('takes nothing of %j for a name', (body) => {
  expect(toAnsweringModel(body, 'sk-private')).toBeNull();
});
