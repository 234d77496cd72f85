import type { NewProvider } from '@understudy/shared/client/providers';
import type { Provider } from '@understudy/shared/contracts/provider';
import { expect, it } from 'vitest';
import { toTrial } from './provider-trial.ts';

const configuration = { model: 'one', timeoutMs: 10_000, maxOutputTokens: 512 };
const saved = { id: 'prv_1', hasApiKey: true, baseUrl: null, configuration } as unknown as Provider;
const form = { name: 'main', type: 'openai', baseUrl: null, configuration } as NewProvider;

it('tests a new provider as it stands in the form', () => {
  expect(toTrial(form, undefined)).toEqual({ kind: 'unsaved', input: form });
});

it('tests a provider whose key is kept as it is saved, and says whether that is the same', () => {
  expect(toTrial(form, saved)).toEqual({ kind: 'saved', id: 'prv_1', isSame: true });
  const changed = { ...form, configuration: { ...configuration, model: 'two' } } as NewProvider;
  expect(toTrial(changed, saved)).toMatchObject({ kind: 'saved', isSame: false });
});

it('tests the form where the key is typed, removed or was never there', () => {
  const typed = { ...form, apiKey: 'sk-new-123' } as NewProvider;
  expect(toTrial(typed, saved)).toEqual({ kind: 'unsaved', input: typed });
  const removed = { ...form, apiKey: null } as NewProvider;
  expect(toTrial(removed, saved)).toEqual({ kind: 'unsaved', input: removed });
  expect(toTrial(form, { ...saved, hasApiKey: false })).toEqual({ kind: 'unsaved', input: form });
});
