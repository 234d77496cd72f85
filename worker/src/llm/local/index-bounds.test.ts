import { expect, it } from 'vitest';
import { toIndexSize, withinBounds } from './index-bounds.ts';

const label = (name: string, examples: string[]) => ({ name, description: null, examples });

it('counts names, descriptions and examples', () => {
  expect(toIndexSize([{ name: 'ab', description: 'cde', examples: ['f', 'gh'] }])).toEqual({
    documents: 4,
    characters: 8,
  });
});

it('leaves labels alone that fit', () => {
  const labels = [label('a', ['one', 'two']), label('b', [])];
  expect(withinBounds(labels, 8)).toEqual(labels);
});

it('takes examples in turn, so that every label keeps its share', () => {
  const labels = [label('a', ['1111', '2222', '3333']), label('b', ['4444', '5555', '6666'])];
  expect(withinBounds(labels, 2 + 16)).toEqual([label('a', ['1111', '2222']), label('b', ['4444', '5555'])]);
});

it('keeps every label however little room there is', () => {
  expect(withinBounds([label('aaaa', ['x']), label('bbbb', ['y'])], 1)).toEqual([
    label('aaaa', []),
    label('bbbb', []),
  ]);
});
