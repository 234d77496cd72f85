import { expect, it } from 'vitest';
import { createTokenDraft, fromTokenDraft } from './token-draft.ts';

const now = Date.parse('2026-11-26T00:00:00Z');

it('means what the API takes', () => {
  const draft = { ...createTokenDraft(), name: ' shop ', days: '30' as const, requestsPerMinute: '1,200' };
  expect(fromTokenDraft(draft, now).input).toEqual({
    name: 'shop',
    scopes: ['jobs:write'],
    expiresAt: '2026-12-26T00:00:00.000Z',
    requestsPerMinute: 1_200,
  });
});

it.each(['many', '1,5', '12,00'])(
  'says what is wrong, and where, with a limit of %s',
  (requestsPerMinute) => {
    const draft = { ...createTokenDraft(), scopes: [], client: 'a b', requestsPerMinute };
    const { faults } = fromTokenDraft(draft, now);
    expect([...new Set(faults?.map(({ pointer }) => pointer))].toSorted()).toEqual([
      '/client',
      '/name',
      '/requestsPerMinute',
      '/scopes',
    ]);
    expect(faults?.map(({ detail }) => detail)).not.toContain('Invalid input');
  },
);
