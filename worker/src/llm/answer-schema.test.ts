import { describe, expect, it, vi } from 'vitest';
import { keepFormats, toAnswerSchema } from './answer-schema.ts';
import { labelSetOf, requestOf } from './testing/sample-request.ts';

describe('toAnswerSchema', () => {
  it('takes the labels of the set, and no others', () => {
    const schema = toAnswerSchema(labelSetOf(['a', 'b']), false);
    expect(schema.safeParse({ label: 'a', confidence: 1 }).success).toBe(true);
    expect(schema.safeParse({ label: 'c', confidence: 1 }).success).toBe(false);
  });
});

describe('keepFormats', () => {
  it('makes one format for each form of answer', () => {
    const make = vi.fn<(schema: object) => number>((schema) => Object.keys(schema).length);
    const toFormat = keepFormats(make);
    const variants = [
      requestOf(),
      requestOf({ explain: true }),
      requestOf({ labelSet: labelSetOf(['a', 'b']) }),
      requestOf({ labelSet: labelSetOf(['a', 'b'], { multiLabel: true }) }),
    ];
    for (const request of [...variants, ...variants]) toFormat(request);
    expect(make).toHaveBeenCalledTimes(4);
  });

  it('keeps a bounded number of them, the latest', () => {
    const make = vi.fn<(schema: object) => number>((schema) => Object.keys(schema).length);
    const toFormat = keepFormats(make);
    for (let set = 0; set < 101; set += 1) toFormat(requestOf({ labelSet: labelSetOf([`${set}`, 'x']) }));
    toFormat(requestOf({ labelSet: labelSetOf(['100', 'x']) }));
    expect(make).toHaveBeenCalledTimes(101);
    toFormat(requestOf({ labelSet: labelSetOf(['0', 'x']) }));
    expect(make).toHaveBeenCalledTimes(102);
  });
});
