import { MAX_BATCH_ITEMS } from '@understudy/shared/contracts/batch';
import { ValidationError } from '@understudy/shared/errors';
import { MAX_DOCUMENT_BYTES, toDocumentBytes } from '@understudy/shared/testing/document-bytes';
import { expect, it, vi } from 'vitest';
import { createItemCheck, toRejected } from './check-item.ts';
import type { SentItem } from './read-items.ts';

const JOB = '"text":"x","labels":["a","b"]';
const DEEP = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
const MANY = Array.from({ length: 20_001 }, (_, index) => `"k${index}":1`).join();
const toSent = (text: string): SentItem => ({ kind: 'value', value: JSON.parse(text), text });

function checkOne(text: string, defaults: Record<string, unknown> = {}) {
  return createItemCheck({ defaults })(toSent(text), 0);
}

it('marks an item alike however it is written, and another one otherwise', () => {
  const mark = (text: string) => checkOne(text, { priority: 3 }).canonical();
  expect(mark('{"labels":["a","b"],"text":"x"}')).toBe(mark(`{ ${JOB}, "priority": 3 }`));
  expect(mark(`{${JOB},"priority":4}`)).not.toBe(mark(`{${JOB}}`));
  expect(mark('{"text":1,"more":2}')).toBe(mark('{ "more": 2, "text": 1 }'));
  expect(mark('{"text":1,"more":2}')).not.toBe(mark('{"text":1,"more":3}'));
});

it.each([
  ['nested without end', `{${JOB},"metadata":${DEEP}}`, 'too_deep'],
  ['that and a prototype', `{"__proto__":1,"text":${DEEP}}`, 'unknown_field'],
  ['that and of too many members', `{"text":${DEEP},${MANY}}`, 'too_big'],
  ['a prototype within that', `{"text":{"__proto__":${DEEP}}}`, 'unknown_field'],
])('rejects and marks what is %s', (_, text, code) => {
  const checked = checkOne(text);
  expect(checked).toMatchObject({ isGood: false, rejected: { errors: [{ code }] } });
  expect(checked.canonical()).toBe(`refused ${text}`);
});

it('writes an item out only for a mark', () => {
  const stringify = vi.spyOn(JSON, 'stringify');
  try {
    const good = checkOne(`{${JOB}}`);
    const bad = checkOne('{"text":1}');
    expect(stringify).not.toHaveBeenCalled();
    expect([good.canonical(), bad.canonical()]).toEqual([
      expect.stringContaining('"text":"x"'),
      'refused {"text":1}',
    ]);
  } finally {
    stringify.mockRestore();
  }
});

it.each(['x', 'é', '客', '😀', '\ud800'])(
  'says of an item made of %j what fits into 80 bytes, and cuts no character in two',
  (character) => {
    const text = `${character.repeat(20)}`.repeat(5);
    const faults = Array.from({ length: 6 }, () => ({ pointer: text, detail: text, code: 'custom' }));
    const { errors } = toRejected(new ValidationError(faults), { index: 0, customId: null });
    expect(errors).toHaveLength(5);
    for (const said of errors.flatMap(({ pointer, detail }) => [pointer, detail])) {
      const bytes = Buffer.byteLength(said);
      expect(bytes).toBeLessThanOrEqual(80);
      expect(bytes).toBeGreaterThan(80 - Buffer.byteLength(character));
      expect(said.isWellFormed()).toBe(true);
      expect(text.toWellFormed().startsWith(said.slice(0, -1))).toBe(true);
      expect(said.endsWith('…')).toBe(true);
    }
  },
);

it('keeps a whole batch of items to one document, whatever is wrong of them in whichever script', () => {
  const long = '客'.repeat(500);
  const fault = { pointer: long, detail: long, code: 'unknown_classifier' };
  const error = new ValidationError(Array.from({ length: 100 }, () => fault));
  const customId = '客'.repeat(128);
  const rejected = Array.from({ length: MAX_BATCH_ITEMS }, (_, index) =>
    toRejected(error, { index, customId }),
  );
  const roomForTheRest = 512 * 1_024;
  expect(toDocumentBytes({ rejected })).toBeLessThan(MAX_DOCUMENT_BYTES - roomForTheRest);
});

it('says all that fits', () => {
  const pointer = '客'.repeat(26).padEnd(28, 'x');
  const error = new ValidationError([{ pointer, detail: 'x'.repeat(80), code: 'custom' }]);
  const [said] = toRejected(error, { index: 0, customId: null }).errors;
  expect(said).toEqual({ pointer, detail: 'x'.repeat(80), code: 'custom' });
});
