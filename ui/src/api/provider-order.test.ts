import { expect, it } from 'vitest';
import { toPriorities, type Move, type Ordered } from './provider-order.ts';

const list = (...priorities: number[]): Ordered[] =>
  priorities.map((priority, index) => ({ id: 'abcdefgh'[index] ?? '', priority }));

function order(providers: readonly Ordered[], id: string, move: Move): string {
  const next = new Map(toPriorities(providers, id, move).map((one) => [one.id, one.priority]));
  return providers
    .map((one) => ({ ...one, priority: next.get(one.id) ?? one.priority }))
    .toSorted((a, b) => a.priority - b.priority)
    .map((one) => one.id)
    .join('');
}

it.each([
  ['b', 'up', 'bacd'],
  ['b', 'down', 'acbd'],
  ['d', 'first', 'dabc'],
  ['d', 'up', 'abdc'],
  ['a', 'down', 'bacd'],
] as const)('moves %s %s', (id, move, expected) => {
  for (const providers of [
    list(10, 20, 30, 40),
    list(50, 50, 50, 50),
    list(0, 1, 2, 3),
    list(0, 0, 999, 1_000),
  ]) {
    expect(order(providers, id, move)).toBe(expected);
  }
});

it('changes only the one that moves where there is room', () => {
  expect(toPriorities(list(10, 20, 30), 'c', 'up')).toEqual([{ id: 'c', priority: 15 }]);
});

it.each([
  ['a', 'up'],
  ['c', 'down'],
  ['a', 'first'],
  ['x', 'up'],
] as const)('changes nothing where %s cannot go %s', (id, move) => {
  expect(toPriorities(list(10, 20, 30), id, move)).toEqual([]);
});

it('keeps every priority within its bounds', () => {
  const many = Array.from({ length: 1_200 }, (_, index) => ({ id: `p${index}`, priority: 1_000 }));
  for (const { priority } of toPriorities(many, 'p5', 'first')) expect(priority).toBeLessThanOrEqual(1_000);
});
