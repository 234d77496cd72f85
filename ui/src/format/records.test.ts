import { expect, it } from 'vitest';
import { readRecords } from './records.ts';

it('reads CSV by the names in its first line, and names lines that do not fit them', () => {
  expect(readRecords('text,label\na,x\nb\nc,y,z\n"d\ne",w')).toEqual({
    format: 'csv',
    records: [
      { line: 2, fields: { text: 'a', label: 'x' } },
      { line: 5, fields: { text: 'd\ne', label: 'w' } },
    ],
    faults: [
      { line: 3, detail: 'has 1 cell, the first line names 2' },
      { line: 4, detail: 'has 3 cells, the first line names 2' },
    ],
  });
});

it('reads lines of JSON, and names those that are none', () => {
  expect(readRecords('\n{"text":"a"}\n{"text":\n[1]\n')).toEqual({
    format: 'ndjson',
    records: [{ line: 2, fields: { text: 'a' } }],
    faults: [
      { line: 3, detail: 'is not a JSON object in one line' },
      { line: 4, detail: 'is not a JSON object in one line' },
    ],
  });
});

it('reads nothing out of a file whose quote never ends', () => {
  expect(readRecords('text\nfine\n"open')).toMatchObject({
    records: [],
    faults: [{ line: 3, detail: 'has a quote that never ends' }],
  });
});

it('finds nothing in nothing', () => {
  expect(readRecords('  \n')).toMatchObject({ records: [], faults: [] });
});
