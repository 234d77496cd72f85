import { classificationInput } from '@understudy/shared/contracts/classification';
import { evaluationInput } from '@understudy/shared/contracts/evaluation';
import { ValidationError } from '@understudy/shared/errors';
import { assert, property, string } from 'fast-check';
import { expect, it } from 'vitest';
import { assertMatches, toEtag } from './etag.ts';
import { fromCursor, toCursor, toPage } from './cursor.ts';
import { parseInput, toBodyPointer } from './parse-input.ts';
import { toWaitSeconds } from './prefer.ts';
import type { Schema } from './route.ts';

it.each([
  ['wait=5', 5],
  ['respond-async, wait=5', 5],
  ['WAIT = "5"', 5],
  ['wait=5; strict', 5],
  ['wait=61', 60],
  ['wait=999999999', 60],
  ['wait=10000000000', 60],
  ['wait=3, wait=9', 3],
  ['wait=0', null],
  ['wait=-1', null],
  ['wait=1.5', null],
  ['wait', null],
  ['waiting=5', null],
  [undefined, null],
])('reads Prefer %j as %j', (prefer, seconds) => {
  expect(toWaitSeconds(prefer)).toBe(seconds);
});

it('reads its own cursors and no others', () => {
  expect(fromCursor(toCursor('job_01ABC'), 'job')).toBe('job_01ABC');
  expect(fromCursor(undefined, 'job')).toBeNull();
  assert(
    property(string(), (text) => {
      expect(() => fromCursor(text, 'job')).toThrow('not one of this list');
    }),
  );
  expect(() => fromCursor(toCursor('prv_01ABC'), 'job')).toThrow();
});

it('cuts a page and says whether there is more', () => {
  const toId = (id: string) => id;
  expect(toPage(['c', 'b', 'a'], 2, toId)).toEqual({ items: ['c', 'b'], nextCursor: toCursor('b') });
  expect(toPage(['c', 'b'], 2, toId)).toEqual({ items: ['c', 'b'], nextCursor: null });
  expect(toPage([], 2, toId)).toEqual({ items: [], nextCursor: null });
});

it('matches a tag only where it is the present one, and strong', () => {
  const etag = toEtag('prv_1', 3);
  for (const good of [undefined, etag, '*', `"other", ${etag}`])
    expect(() => assertMatches(good, etag)).not.toThrow();
  for (const bad of ['', '"prv_1.2"', `W/${etag}`, 'prv_1.3'])
    expect(() => assertMatches(bad, etag)).toThrow();
});

it('names the first bad member of each list within a list', () => {
  const toPointers = (schema: Schema, input: unknown) => {
    try {
      return parseInput(schema, input, toBodyPointer);
    } catch (error) {
      return error instanceof ValidationError ? error.faults.map(({ pointer }) => pointer) : error;
    }
  };
  const labels = [
    { name: 'a', examples: ['x', '', 1] },
    { name: 'b', examples: [2, 3] },
  ];
  const samples = [
    { text: 'x', labels: ['a', 'b'] },
    { text: 'x', labels: ['a', 1, ''] },
  ];
  expect(toPointers(classificationInput, { text: 'x', labels })).toEqual([
    '/labels/0/examples/1',
    '/labels/1/examples/0',
  ]);
  const wrong = { text: 'x', labels: Array.from({ length: 200 }, (_, index) => index) };
  expect(toPointers(classificationInput, wrong)).toHaveLength(10);
  expect(toPointers(evaluationInput, { samples })).toEqual(['/samples/1/labels/1']);
});
