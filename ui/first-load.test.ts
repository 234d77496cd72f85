import { expect, it } from 'vitest';
import { toReachable } from './first-load.ts';

const imports: Record<string, string[]> = {
  entry: ['vue'],
  page: ['table', 'vue'],
  table: ['vue', 'page'],
  other: ['editor'],
};

it('follows imports to their end, each module once, and takes nothing else', () => {
  const reached = toReachable(['entry', 'page'], (id) => imports[id] ?? []);
  expect([...reached].toSorted()).toEqual(['entry', 'page', 'table', 'vue']);
});
