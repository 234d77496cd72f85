import { expect, it } from 'vitest';
import { tokenInput } from './token.ts';

const issuesOf = (name: string) =>
  tokenInput.safeParse({ name, scopes: ['jobs:read'] }).error?.issues.map(({ code }) => code) ?? [];

it.each(['a', ' a ', 'Ticket system of März, 2026', '\u200bx'])(
  'takes %j for the name of a token',
  (name) => {
    expect(issuesOf(name)).toEqual([]);
  },
);

it.each(['', ' ', '\u00a0 ', 'two\nlines', 'a\n', '\ta', 'x\u0085'])(
  'takes %j for no name of a token',
  (name) => {
    expect(issuesOf(name)).toContain('invalid_format');
  },
);

it('takes no end that is beyond the years of the calendar in UTC', () => {
  const isTaken = (expiresAt: string) =>
    tokenInput.safeParse({ name: 'a', scopes: ['jobs:read'], expiresAt }).success;
  expect(isTaken('9999-12-31T23:59:59+23:59')).toBe(true);
  expect(isTaken('9999-12-31T23:59:59-23:59')).toBe(false);
  expect(isTaken('0000-01-01T00:00:00+00:01')).toBe(false);
});

it('looks no closer at a name that is too long', () => {
  expect(issuesOf(`${'a'.repeat(101)}\n`)).toEqual(['too_big']);
});
