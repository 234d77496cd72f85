import { expect, it } from 'vitest';
import { createIndexLedger } from './index-ledger.ts';

const small = { documents: 10, characters: 100 };

it('drops the least recently used index when there are too many', () => {
  const ledger = createIndexLedger({ indexes: 2, documents: 1_000, characters: 10_000 });
  ledger.add('a', small);
  ledger.add('b', small);
  expect(ledger.use('a')).toBe(true);
  expect(ledger.add('c', small)).toEqual(['b']);
  expect(ledger.use('b')).toBe(false);
  expect(ledger.use('a')).toBe(true);
});

it.each([
  ['documents', { documents: 25, characters: 100 }],
  ['characters', { documents: 10, characters: 250 }],
])('makes room by %s', (_, large) => {
  const ledger = createIndexLedger({ indexes: 99, documents: 30, characters: 300 });
  ledger.add('a', small);
  ledger.add('b', small);
  expect(ledger.add('large', large)).toEqual(['a', 'b']);
});

it('keeps an index that is over the bounds by itself, as the only one', () => {
  const ledger = createIndexLedger({ indexes: 99, documents: 5, characters: 5 });
  expect(ledger.add('a', small)).toEqual([]);
  expect(ledger.use('a')).toBe(true);
  expect(ledger.add('b', small)).toEqual(['a']);
});

it('forgets all when the thread is gone', () => {
  const ledger = createIndexLedger();
  ledger.add('a', small);
  ledger.clear();
  expect(ledger.use('a')).toBe(false);
});
