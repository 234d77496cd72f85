import {
  array,
  assert,
  asyncProperty,
  constantFrom,
  json,
  jsonValue,
  nat,
  oneof,
  record,
  string,
} from 'fast-check';
import { expect, it } from 'vitest';
import { findSpans, parseSpan } from './json-spans.ts';

/** Reads a text part by part, as a batch is read. */
async function readParts(text: string, atMost = 1_000) {
  const bytes = Buffer.from(text);
  const { members, elements } = await findSpans(bytes, 'items', atMost);
  const value = Object.fromEntries([...members].map(([name, span]) => [name, parseSpan(bytes, span)]));
  return { value, elements: elements?.map((span) => parseSpan(bytes, span)) ?? null };
}

it('finds in any JSON object what a parser finds in it', async () => {
  const space = constantFrom('', ' ', '\n', '\t\r\n  ');
  const batch = record({ items: array(jsonValue(), { maxLength: 8 }), name: string(), more: jsonValue() });
  await assert(
    asyncProperty(batch, space, nat(4), async ({ items, name, more }, gap, indent) => {
      const value = { [name]: more, items, 'a"\\b': [items] };
      const text = `${gap}${JSON.stringify(value, null, indent)}${gap}`;
      const parts = await readParts(text);
      expect(parts.value).toEqual(JSON.parse(text));
      expect(parts.elements).toEqual((JSON.parse(text) as typeof value).items);
    }),
  );
});

/** What a parser finds in a text; null where it is no JSON object. */
function parseObject(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}

it('takes no text for an object that a parser would not', async () => {
  const junk = oneof(
    string(),
    json(),
    constantFrom(',', '{', '}', '[', ']', ':', '"', '\\', ' ', '{"items":[', '1,]}'),
  );
  await assert(
    asyncProperty(array(junk, { maxLength: 6 }), async (pieces) => {
      const text = pieces.join('');
      const found = await readParts(text).then(
        ({ value }) => value,
        (error: unknown) => (error instanceof SyntaxError ? null : error),
      );
      expect(found).toEqual(parseObject(text));
    }),
    { numRuns: 500 },
  );
});

it.each([
  '',
  '{',
  '{"items"',
  '{"items":',
  '{"items":[',
  '{"items":[1',
  '{"items":[1,',
  '{"items":[1]',
  '{"a":}',
  '{"a":1,}',
  '{a:1}',
  '{"items":[1 2]}',
  '{"a":1 "b":2}',
  '{} {}',
])('refuses %j', async (text) => {
  await expect(readParts(text)).rejects.toThrow(SyntaxError);
});

it('stops at more elements than may be, and finds no list where there is none', async () => {
  await expect(readParts('{"items":[1,2,3]}', 2)).rejects.toThrow(RangeError);
  expect((await readParts('{"items":[1,2]}', 2)).elements).toEqual([1, 2]);
  expect((await readParts('{"items":{"0":1}}')).elements).toBeNull();
});
