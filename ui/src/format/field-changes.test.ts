import { expect, it } from 'vitest';
import { toFieldChanges } from './field-changes.ts';

it('names the fields that differ, deep', () => {
  const before = { priority: 1, configuration: { model: 'a', price: null }, events: ['x'], gone: true };
  const after = { priority: 1, configuration: { model: 'b', price: null }, events: ['x', 'y'], new: 1 };
  expect(toFieldChanges(before, after)).toEqual([
    { path: 'configuration/model', before: 'a', after: 'b' },
    { path: 'events', before: ['x'], after: ['x', 'y'] },
    { path: 'gone', before: true, after: undefined },
    { path: 'new', before: undefined, after: 1 },
  ]);
});
