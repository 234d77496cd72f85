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
import { expect, it, vi } from 'vitest';
import { findSpans, parseSpan } from './json-spans.ts';

/** Reads a text part by part, as a batch is read. */
async function readParts(text: string, { maxElements = 1_000, maxMembers = 100 } = {}) {
  const bytes = Buffer.from(text);
  const { members, elements, isWhole } = await findSpans(bytes, { list: 'items', maxElements, maxMembers });
  const value = Object.fromEntries([...members].map(([name, span]) => [name, parseSpan(bytes, span)]));
  return { value, elements: elements?.map((span) => parseSpan(bytes, span)) ?? null, isWhole };
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
  await expect(readParts('{"items":[1,2,3]}', { maxElements: 2 })).rejects.toThrow(RangeError);
  expect((await readParts('{"items":[1,2]}', { maxElements: 2 })).elements).toEqual([1, 2]);
  expect((await readParts('{"items":{"0":1}}')).elements).toBeNull();
});

it('reads on at no more members than may be, whatever comes then', async () => {
  const read = (text: string) => readParts(text, { maxMembers: 2 });
  expect(await read('{"a":1,"b":2}')).toMatchObject({ value: { a: 1, b: 2 }, isWhole: true });
  expect(await read('{"a":1,"b":2,"c":nonsense')).toMatchObject({ value: { a: 1, b: 2 }, isWhole: false });
  expect(await read('{"a":1,"a":2,"a":3}')).toMatchObject({ value: { a: 2 }, isWhole: false });
});

it('lets others work between two members and between two elements', async () => {
  let nowMs = 0;
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => (nowMs += 1_000));
  const countTurns = async (text: string) => {
    let turns = 0;
    let isRead = false;
    const turn = () => {
      if (isRead) return;
      turns += 1;
      setImmediate(turn);
    };
    setImmediate(turn);
    await readParts(text);
    isRead = true;
    return turns;
  };
  try {
    expect(await countTurns('{"a":1,"b":2,"c":3,"d":4}')).toBe(3);
    expect(await countTurns('{"items":[1,2,3,4]}')).toBe(3);
  } finally {
    clock.mockRestore();
  }
});
