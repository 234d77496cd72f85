import { describe, expect, it } from 'vitest';
import { readAnswer } from './answer.ts';
import { labelSetOf } from './testing/sample-request.ts';

const single = { labelSet: labelSetOf(['billing', 'Credit Card', 'returns']), explain: false };
const several = {
  labelSet: labelSetOf(['a', 'b', 'c'], { multiLabel: true, threshold: null }),
  explain: false,
};

const billing = (confidence: number) => ({
  ok: true,
  result: { label: 'billing', labels: [{ name: 'billing', confidence }], rationale: null },
});

describe('readAnswer for one label', () => {
  it.each([
    ['the form that was asked for', '{"label":"billing","confidence":0.9}', 0.9],
    ['a list of one', '{"labels":[{"name":"billing","confidence":0.9}]}', 0.9],
    ['another case and spacing', '{"label":"  BILLING ","confidence":0.9}', 0.9],
    [
      'the same label twice',
      '{"labels":[{"name":"billing","confidence":0.4},{"name":"billing","confidence":0.9}]}',
      0.9,
    ],
    ['a rounding error', '{"label":"billing","confidence":1.0000001}', 1],
    ['a code fence', '```json\n{"label":"billing","confidence":0.9}\n```', 0.9],
  ])('takes %s', (_, words, confidence) => {
    expect(readAnswer(words, single)).toEqual(billing(confidence));
  });

  it.each([
    ['no JSON', 'billing', 'not a JSON object'],
    ['a label outside the set', '{"label":"sales","confidence":1}', '"sales" is not one'],
    ['no label', '{"label":null,"confidence":1}', 'form'],
    ['no confidence', '{"label":"billing"}', 'form'],
    ['a confidence in words', '{"label":"billing","confidence":"high"}', 'form'],
    ['a confidence in per cent', '{"label":"billing","confidence":97}', '97 is not between'],
    ['a negative confidence', '{"label":"billing","confidence":-1}', '-1 is not between'],
    [
      'two labels',
      '{"labels":[{"name":"billing","confidence":0.6},{"name":"returns","confidence":0.4}]}',
      '2 labels',
    ],
    ['no labels', '{"labels":[]}', '0 labels'],
    ['an empty object', '{}', 'form'],
    ['a list', '[]', 'not a JSON object'],
  ])('refuses %s', (_, words, problem) => {
    const reading = readAnswer(words, single);
    expect(reading).toMatchObject({ ok: false, problem: expect.stringContaining(problem) });
  });

  it('quotes no more than the beginning of a foreign label', () => {
    const reading = readAnswer(`{"label":"${'x'.repeat(5_000)}","confidence":1}`, single);
    expect(!reading.ok && reading.problem.length).toBeLessThan(150);
  });

  it('gives a rationale only where one was asked for, bounded', () => {
    const words = `{"label":"billing","confidence":1,"rationale":"  ${'why '.repeat(2_000)}"}`;
    const reading = readAnswer(words, { ...single, explain: true });
    expect(reading.ok && reading.result.rationale?.startsWith('why why')).toBe(true);
    expect(reading.ok && (reading.result.rationale?.length ?? 0)).toBeLessThanOrEqual(2_000);
    expect(readAnswer(words, single)).toMatchObject({ ok: true, result: { rationale: null } });
  });

  it('cleans a rationale of what no store can hold', () => {
    const reading = readAnswer('{"label":"billing","confidence":1,"rationale":"a\\u0000b\\ud800"}', {
      ...single,
      explain: true,
    });
    expect(reading).toMatchObject({ ok: true, result: { rationale: 'ab\ufffd' } });
  });
});

describe('readAnswer for several labels', () => {
  const words = JSON.stringify({
    labels: [
      { name: 'a', confidence: 0.5 },
      { name: 'b', confidence: 0.49 },
      { name: 'c', confidence: 0.9 },
    ],
  });

  it('keeps those from the threshold on, 0.5 by default, surest first', () => {
    expect(readAnswer(words, several)).toMatchObject({
      ok: true,
      result: { label: 'c', labels: [{ name: 'c' }, { name: 'a' }] },
    });
  });

  it('may keep none', () => {
    const strict = { ...several, labelSet: { ...several.labelSet, threshold: 0.95 } };
    expect(readAnswer(words, strict)).toEqual({
      ok: true,
      result: { label: null, labels: [], rationale: null },
    });
    expect(readAnswer('{"labels":[]}', several)).toMatchObject({ ok: true, result: { label: null } });
  });

  it('keeps all with a threshold of 0', () => {
    const all = { ...several, labelSet: { ...several.labelSet, threshold: 0 } };
    expect(readAnswer(words, all)).toMatchObject({ result: { labels: { length: 3 } } });
  });

  it('takes a single label', () => {
    expect(readAnswer('{"label":"b","confidence":0.8}', several)).toMatchObject({
      result: { label: 'b', labels: [{ name: 'b', confidence: 0.8 }] },
    });
  });
});
