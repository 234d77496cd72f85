import { expect, it } from 'vitest';
import { parseCsv } from './csv.ts';

it('reads quotes, doubled quotes, and lines within them, and knows where each record began', () => {
  const { rows, openQuote } = parseCsv('text,label\r\n"He said ""no"",\nthen left",bug\r\n\r\nplain,"a"\n');
  expect(openQuote).toBeNull();
  expect(rows).toEqual([
    { line: 1, cells: ['text', 'label'] },
    { line: 2, cells: ['He said "no",\nthen left', 'bug'] },
    { line: 5, cells: ['plain', 'a'] },
  ]);
});

it('takes semicolons and tabs for what they are, and leaves a byte order mark out', () => {
  expect(parseCsv('\uFEFFtext;label\na,b;c').rows[1]?.cells).toEqual(['a,b', 'c']);
  expect(parseCsv('\uFEFFtext;label\na,b;c').rows[0]?.cells).toEqual(['text', 'label']);
  expect(parseCsv('text\tlabel\na\t').rows[1]?.cells).toEqual(['a', '']);
});

it('tells where a quote begins that never ends', () => {
  expect(parseCsv('text\nfine\n"open\nand on').openQuote).toBe(3);
});

it('keeps a quote in the middle of a cell', () => {
  expect(parseCsv('text\n5" pipe').rows[1]?.cells).toEqual(['5" pipe']);
});
