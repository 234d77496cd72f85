import { expect, it, vi } from 'vitest';
import { createItemCheck } from './check-item.ts';
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
