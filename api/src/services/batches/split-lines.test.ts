import { array, assert, asyncProperty, constantFrom, nat, oneof, string } from 'fast-check';
import { expect, it } from 'vitest';
import { splitLines } from './split-lines.ts';

async function split(text: string, cuts: readonly number[], limit: number) {
  const bytes = Buffer.from(text);
  const at = [0, ...cuts.map((cut) => Math.min(cut, bytes.length)).toSorted((a, b) => a - b), bytes.length];
  async function* chunks() {
    for (const [index, start] of at.entries()) yield bytes.subarray(start, at[index + 1] ?? start);
  }
  const lines: (string | null)[] = [];
  for await (const line of splitLines(chunks(), limit)) lines.push(line?.toString('utf8') ?? null);
  return lines;
}

it('gives the same lines wherever the text is cut into chunks', async () => {
  const text = array(oneof(string({ unit: 'grapheme' }), constantFrom('\n', '\r\n', '\n\n'))).map((parts) =>
    parts.join(''),
  );
  await assert(
    asyncProperty(text, array(nat(200)), async (given, cuts) => {
      const expected = given.split('\n');
      if (expected.at(-1) === '') expected.pop();
      expect(await split(given, cuts, 1_000_000)).toEqual(expected);
    }),
  );
});

it('drops a line that is too long, however it arrives, and no other', async () => {
  for (const cuts of [[], [3, 4, 5, 6, 7, 8, 9, 10], [12]]) {
    expect(await split('12345\n123456\n12345\n1234567890', cuts, 5)).toEqual(['12345', null, '12345', null]);
  }
});
