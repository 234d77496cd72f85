import { describe, expect, it } from 'vitest';
import {
  createSortedInto,
  toBatchSource,
  toDefaults,
  toRefusedLines,
  toRejectedLines,
} from './batch-source.ts';

describe('items out of CSV', () => {
  it('have a text, a name of their own, and every other column as metadata', () => {
    const { items, lines, faults } = toBatchSource('customId,text,ticket\na1,"one\ntwo",42\n,three,');
    expect(faults).toEqual([]);
    expect(items).toEqual([
      { text: 'one\ntwo', customId: 'a1', metadata: { ticket: '42' } },
      { text: 'three' },
    ]);
    expect(lines).toEqual([2, 4]);
  });

  it('need a column text', () => {
    expect(toBatchSource('body\nx').faults).toEqual([{ line: 1, detail: 'must name the column text' }]);
  });
});

describe('items out of lines of JSON', () => {
  it('are taken as they are, after a line that holds for all of them', () => {
    const source = toBatchSource('{"defaults":{"labels":["a","b"]}}\n\n{"text":"x"}\nnonsense\n{"text":""}');
    expect(source).toEqual({
      head: { defaults: { labels: ['a', 'b'] } },
      items: [{ text: 'x' }, { text: '' }],
      lines: [3, 5],
      faults: [{ line: 4, detail: 'is not a JSON object in one line' }],
    });
  });
});

describe('what holds for all items', () => {
  const said = { labels: ['bug', 'praise'], instructions: 'Be kind', priority: 3 };

  it('is what the file says where the form says nothing', () => {
    expect(toDefaults(createSortedInto(), said)).toEqual(said);
  });

  it('is sorted into the classifier of the form in place of the labels of the file', () => {
    const into = { ...createSortedInto(), from: 'classifier', classifier: 'support' } as const;
    expect(toDefaults(into, said)).toEqual({ classifier: 'support', priority: 3 });
  });

  it('is sorted into the labels of the form in place of the classifier of the file', () => {
    const into = { ...createSortedInto(), labels: ['a', 'b'] };
    expect(toDefaults(into, { classifier: 'support', priority: 3 })).toEqual({
      labels: ['a', 'b'],
      priority: 3,
    });
  });
});

it('finds the lines of rejected items, one row for each fault, among lines that were no item', () => {
  const errors = [
    { pointer: '/text', detail: 'is required', code: 'required' },
    { pointer: '/priority', detail: 'Too big: expected number to be <=9', code: 'too_big' },
  ];
  expect(
    toRejectedLines([{ index: 1, customId: 'x', errors }], [2, 7], [{ line: 3, detail: 'is no object' }]),
  ).toEqual([
    { line: 3, customId: null, pointer: '', detail: 'Is no object' },
    { line: 7, customId: 'x', pointer: '/text', detail: 'Is required' },
    { line: 7, customId: 'x', pointer: '/priority', detail: 'Must be at most 9' },
  ]);
});

it('finds the lines of items for which a whole batch was refused', () => {
  const faults = [
    { pointer: '/items/1/labels', detail: 'is required', code: 'required' },
    { pointer: '/defaults/labels', detail: 'must be unique', code: 'custom' },
  ];
  expect(toRefusedLines(faults, [2, 7])).toEqual([
    { line: 7, customId: null, pointer: '/labels', detail: 'Is required' },
  ]);
});
