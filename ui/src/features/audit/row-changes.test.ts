import { expect, it } from 'vitest';
import { toRowChanges } from './row-changes.ts';

it('has of an update the fields that it wrote', () => {
  const before = { priority: 10, enabled: true, configuration: { model: 'a', weight: 1 }, updatedAt: 'x' };
  const after = { priority: 10, enabled: false, configuration: { model: 'b', weight: 1 }, updatedAt: 'y' };
  expect(toRowChanges({ before, after })).toEqual([
    { path: 'enabled', before: true, after: false },
    { path: 'configuration/model', before: 'a', after: 'b' },
  ]);
});

it('has all of what was made or is gone, but nothing that was empty', () => {
  const token = { scopes: ['jobs:read'], expiresAt: null };
  expect(toRowChanges({ before: null, after: token })).toEqual([{ path: 'scopes', after: ['jobs:read'] }]);
  expect(toRowChanges({ before: token, after: null })).toEqual([{ path: 'scopes', before: ['jobs:read'] }]);
});
