import { expect, it } from 'vitest';
import { countCsvRows } from './csv-rows.ts';

it.each([
  ['no row', 'id,state\r\n', 0],
  ['rows', 'id,state\r\na,failed\r\nb,failed\r\n', 2],
  ['a line break and a quote within quotes', 'id,labels\r\na,"one ""two""\r\nthree"\r\nb,x\r\n', 2],
])('counts %s', async (_, text, rows) => {
  expect(await countCsvRows(new Blob([text]))).toBe(rows);
});
