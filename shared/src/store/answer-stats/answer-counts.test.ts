import { expect, it } from 'vitest';
import {
  addCounts,
  createAnswerCounts,
  fromStored,
  toAnswerCounts,
  toCorrectionCounts,
  toStored,
  type AnsweredJob,
} from './answer-counts.ts';

/** An answer with these labels, each surer than the next. */
function toAnswer(names: string[], corrected?: string[]): AnsweredJob {
  const labels = names.map((name, index) => ({ name, confidence: 0.9 - index / 10 }));
  const result = { label: names[0] ?? null, labels, rationale: null };
  return { result, degraded: false, correction: corrected ? { labels: corrected } : null };
}
const sum = (...answers: AnsweredJob[]) =>
  answers.map(toAnswerCounts).reduce(addCounts, createAnswerCounts());

it('counts every label of an answer, and of the first how sure it was', () => {
  const counts = sum(toAnswer(['a', 'b']), toAnswer(['b']), toAnswer([]));
  expect(counts).toMatchObject({ answers: 3, labelled: 2, confidence: 1.8 });
  expect(counts.labels.get('a')).toMatchObject({ count: 1, confidence: 0.9 });
  expect(counts.labels.get('b')?.count).toBe(2);
  expect(counts.labels.get('b')?.confidence).toBeCloseTo(1.7);
});

it('takes a correction for agreement where it is the same set of labels, in whatever order', () => {
  const counts = sum(
    toAnswer(['a', 'b'], ['b', 'a']),
    toAnswer(['a', 'b'], ['a']),
    toAnswer(['a'], ['a', 'b']),
    toAnswer([], []),
    toAnswer(['a'], []),
  );
  expect(counts).toMatchObject({ corrected: 5, agreed: 2 });
  expect(counts.labels.get('a')).toMatchObject({ count: 4, corrected: 4, agreed: 3 });
  expect(counts.labels.get('b')).toMatchObject({ count: 2, corrected: 2, agreed: 1 });
});

it.each([
  [null, ['a']],
  [['a'], ['b']],
  [['b'], ['a']],
  [['b'], null],
  [['a'], ['a']],
])('knows what changes where %j becomes %j', (before, after) => {
  const toCorrection = (labels: string[] | null) => labels && { labels };
  const change = toCorrectionCounts(['a'], { before: toCorrection(before), after: toCorrection(after) });
  const counts = addCounts(sum(toAnswer(['a'], before ?? undefined)), change);
  expect(counts).toEqual(sum(toAnswer(['a'], after ?? undefined)));
});

it('takes names for names, whatever they mean elsewhere', () => {
  const names = ['__proto__', 'constructor', 'a.b', '$inc', ''];
  const counts = fromStored(toStored(sum(...names.map((name) => toAnswer([name]))), 10));
  expect([...counts.labels.keys()]).toEqual(names);
  expect([...counts.labels.values()].map(({ count }) => count)).toEqual([1, 1, 1, 1, 1]);
});

it('keeps the frequent labels apart and the sums whole, however many there are', () => {
  const stored = Array.from({ length: 20 }).reduce((so: ReturnType<typeof toStored> | null, _, step) => {
    const rare = Array.from({ length: 10 }, (__, index) => toAnswer([`rare ${step}/${index}`]));
    const counts = sum(...rare, toAnswer(['often'], ['often']), toAnswer(['often']));
    return toStored(so ? addCounts(fromStored(so), counts) : counts, 5);
  }, null);
  expect(stored?.labels).toHaveLength(5);
  expect(stored?.labels[0]).toMatchObject({ name: 'often', count: 40, corrected: 20, agreed: 20 });
  const apart = stored?.labels.reduce((total, { count }) => total + count, 0) ?? 0;
  expect(apart + (stored?.others.count ?? 0)).toBe(20 * 12);
});

it('never takes more from a label than was counted of it: the rest is of what was folded away', () => {
  const folded = toStored(sum(toAnswer(['b']), toAnswer(['b']), toAnswer(['a'], ['a'])), 1);
  const again = addCounts(fromStored(folded), toAnswerCounts(toAnswer(['a'])));
  const takenBack = addCounts(again, toCorrectionCounts(['a'], { before: { labels: ['a'] }, after: null }));
  expect(takenBack).toMatchObject({ corrected: 0, agreed: 0, others: { count: 1, corrected: 0, agreed: 0 } });
  expect(takenBack.labels.get('a')).toMatchObject({ count: 1, corrected: 0, agreed: 0 });
});
