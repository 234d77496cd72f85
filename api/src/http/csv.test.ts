import { expect, it } from 'vitest';
import { toCsvLine } from './csv.ts';

it('quotes what RFC 4180 says, and nothing else', () => {
  expect(toCsvLine(['plain', 'a,b', 'say "x"', 'two\r\nlines', 1.5, true, null, ''])).toBe(
    'plain,"a,b","say ""x""","two\r\nlines",1.5,true,,\r\n',
  );
});

it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '＝1', '＋1', '－1', '＠x'])(
  'lets no spreadsheet run %j',
  (cell) => expect(toCsvLine([cell])).toBe(`'${cell}\r\n`),
);

it.each(['\r=1', '\n=1', '=1,2'])('lets no spreadsheet run %j, which is quoted too', (cell) =>
  expect(toCsvLine([cell])).toBe(`"'${cell}"\r\n`),
);

it.each(["it's", 'a=b', ' =1', "'=1", '1-2', '5'])('leaves %j as it is', (cell) =>
  expect(toCsvLine([cell])).toBe(`${cell}\r\n`),
);

it('writes numbers as they are', () => {
  expect(toCsvLine([-1, 0.000_000_1])).toBe('-1,1e-7\r\n');
});
