import { expect, it } from 'vitest';
import { createDraft, type ProviderDraft } from './provider-draft.ts';
import { rebaseDraft } from './provider-rebase.ts';

const base: ProviderDraft = { ...createDraft('openai'), name: 'main', model: 'one', keyChange: 'keep' };
const withPriority = (draft: ProviderDraft, priority: string): ProviderDraft => ({
  ...draft,
  numbers: { ...draft.numbers, priority },
});

it('takes what somebody else changed where nothing was typed, and names it', () => {
  const { draft, changes } = rebaseDraft(base, { ...base, model: 'two' }, withPriority(base, '70'));
  expect(draft).toMatchObject({ model: 'two', numbers: { priority: '70' } });
  expect(changes).toEqual([{ label: 'Priority', before: '50', now: '70', typed: null }]);
});

it('keeps what was typed where both changed the same', () => {
  const { draft, changes } = rebaseDraft(base, withPriority(base, '60'), withPriority(base, '70'));
  expect(draft.numbers.priority).toBe('60');
  expect(changes).toEqual([{ label: 'Priority', before: '50', now: '70', typed: '60' }]);
});

it('has nothing to say where both typed the same, or nobody else changed anything', () => {
  expect(rebaseDraft(base, { ...base, model: 'two' }, { ...base, model: 'two' }).changes).toEqual([]);
  expect(rebaseDraft(base, { ...base, model: 'two' }, base)).toMatchObject({
    draft: { model: 'two' },
    changes: [],
  });
});

it('keeps a key that was typed, and does not keep one that is no longer stored', () => {
  const typed = { ...base, keyChange: 'replace' as const, apiKey: 'sk-new' };
  expect(rebaseDraft(base, typed, base).draft).toMatchObject({ keyChange: 'replace', apiKey: 'sk-new' });
  expect(rebaseDraft(base, base, { ...base, keyChange: 'replace' }).draft.keyChange).toBe('replace');
});

it('follows a switch', () => {
  const { draft, changes } = rebaseDraft(base, base, { ...base, enabled: false });
  expect(draft.enabled).toBe(false);
  expect(changes).toEqual([{ label: 'Takes jobs', before: 'on', now: 'off', typed: null }]);
});
