import { expect, it } from 'vitest';
import { createWebhookDraft, rebaseWebhookDraft } from './webhook-draft.ts';

it('puts what was typed on top of what somebody else saved, and names what they changed', () => {
  const base = createWebhookDraft();
  const mine = { ...base, description: 'Mine', events: base.events.toReversed() };
  const theirs = { ...base, description: 'Theirs', events: ['batch.finished' as const] };
  expect(rebaseWebhookDraft(base, mine, theirs)).toEqual({
    draft: { ...base, description: 'Mine', events: ['batch.finished'] },
    changed: ['events', 'description'],
  });
});
