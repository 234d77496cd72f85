import type { Label } from '@understudy/shared/contracts/label';
import { expect, it } from 'vitest';
import { toClassifierChanges } from './classifier-changes.ts';

const version = (labels: Label[], part: object = {}) => ({
  labels,
  instructions: null,
  multiLabel: false,
  threshold: null,
  ...part,
});

it('finds nothing between a bare name and a label with nothing but its name', () => {
  expect(toClassifierChanges(version(['a', 'b']), version([{ name: 'a' }, 'b']))).toEqual([]);
});

it('names labels that went, came and moved', () => {
  expect(toClassifierChanges(version(['a', 'b', 'c']), version(['c', 'b', 'd']))).toEqual([
    { what: 'Label', before: 'a', after: null },
    { what: 'Label', before: null, after: 'd' },
    { what: 'Order of labels', before: 'b, c', after: 'c, b' },
  ]);
});

it('shows a few examples and counts the rest', () => {
  const before = version([{ name: 'a', examples: ['1'] }, 'b']);
  const after = version([{ name: 'a', description: 'x', examples: ['2', '3', '4', '5', '6'] }, 'b']);
  expect(toClassifierChanges(before, after)).toEqual([
    { what: 'Description of a', before: null, after: 'x' },
    { what: 'Examples of a', before: '“1”', after: '“2”, “3”, “4”, and 2 more' },
  ]);
});

it('sees examples in another order', () => {
  const before = version([{ name: 'a', examples: ['1', '2'] }, 'b']);
  const after = version([{ name: 'a', examples: ['2', '1'] }, 'b']);
  expect(toClassifierChanges(before, after)).toEqual([
    { what: 'Examples of a', before: null, after: 'in another order' },
  ]);
});

it('tells of instructions and of how many labels an answer has', () => {
  const after = version(['a', 'b'], { instructions: 'Be strict.', multiLabel: true, threshold: 0 });
  expect(toClassifierChanges(version(['a', 'b']), after)).toEqual([
    { what: 'Instructions', before: null, after: 'Be strict.' },
    { what: 'Labels of an answer', before: 'exactly one', after: 'any number' },
    { what: 'Threshold', before: null, after: '0' },
  ]);
});
