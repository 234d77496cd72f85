import { expect, it } from 'vitest';
import { toConfusionTable, toMixUps } from './confusion.ts';

const CONFUSION = [
  { expected: 'b', answered: 'b', count: 3 },
  { expected: 'b', answered: 'a', count: 1 },
  { expected: 'a', answered: null, count: 2 },
];

it('puts what was expected in rows and what was answered in columns, in the order of the labels', () => {
  const table = toConfusionTable(CONFUSION, ['a', 'b', 'c']);
  expect(table.columns).toEqual(['a', 'b', null]);
  expect(table.rows.map(({ expected, total }) => [expected, total])).toEqual([
    ['a', 2],
    ['b', 4],
  ]);
  expect(table.rows[1]?.cells).toEqual([
    { answered: 'a', count: 1, share: 0.25, isRight: false },
    { answered: 'b', count: 3, share: 0.75, isRight: true },
    { answered: null, count: 0, share: 0, isRight: false },
  ]);
});

it('gives a label that was never answered a column, so that the diagonal is whole', () => {
  const table = toConfusionTable([{ expected: 'a', answered: 'b', count: 1 }], ['a', 'b']);
  expect(table.columns).toEqual(['a', 'b']);
});

it('has a row for labels too many, which is never right', () => {
  const table = toConfusionTable([{ expected: null, answered: 'a', count: 1 }], ['a']);
  expect(table.rows[0]).toMatchObject({ expected: null, cells: [{ answered: 'a', isRight: false }] });
  expect(table.columns).toEqual(['a']);
});

it('puts a label that the classifier no longer has behind the others', () => {
  const table = toConfusionTable([...CONFUSION, { expected: 'old', answered: 'a', count: 1 }], ['b', 'a']);
  expect(table.columns).toEqual(['b', 'a', 'old', null]);
});

it('names what was mixed up most, worst first', () => {
  expect(toMixUps(CONFUSION, 1)).toEqual([{ expected: 'a', answered: null, count: 2 }]);
  expect(toMixUps(CONFUSION, 9)).toHaveLength(2);
});
