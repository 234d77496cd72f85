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

it('looks no closer at a name that is too long', () => {
  expect(issuesOf(`${'a'.repeat(101)}\n`)).toEqual(['too_big']);
});
