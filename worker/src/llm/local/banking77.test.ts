import { createRandom } from '@understudy/shared/testing/random';
import { beforeAll, describe, expect, it } from 'vitest';
import { toAnswer } from './answer.ts';
import { groupByLabel, readLabelledTexts, type LabelledText } from './calibration/labelled-texts.ts';
import { toAccuracy, toCalibrationError, type Judged } from './calibration/measure.ts';
import { shuffled } from './calibration/shuffled.ts';
import { createLabelIndex } from './label-index.ts';

// The largest indexes are asked every third query only, to keep the suite short; on all of them it does as well.
const fixture = (name: string) => new URL(`./__fixtures__/banking77/${name}`, import.meta.url);
let test: LabelledText[] = [];
let examplesOf = new Map<string, string[]>();
beforeAll(() => {
  test = readLabelledTexts(fixture('test.csv.gz'));
  examplesOf = groupByLabel(readLabelledTexts(fixture('train.csv.gz')));
});

function judge(names: string[], pick: (examples: string[]) => string[], texts: LabelledText[]): Judged[] {
  const index = createLabelIndex(
    names.map((name) => ({ name, description: null, examples: pick(examplesOf.get(name)!) })),
  );
  return texts.map(({ text, label }) => {
    const answer = toAnswer(index, { text, multiLabel: false, threshold: 0, explain: false });
    return { confidence: answer.labels[0]!.confidence, right: answer.label === label };
  });
}

it('reads the data set whole', () => {
  expect(test).toHaveLength(3_080);
  expect([...examplesOf.values()].flat()).toHaveLength(10_003);
  expect(examplesOf.size).toBe(77);
});

describe('on the test queries of Banking77, 77 labels', () => {
  it.each([
    ['label names alone', () => [], 1, 0.48, 0.07],
    ['the first ten examples a label', (examples: string[]) => examples.slice(0, 10), 3, 0.72, 0.05],
    [
      'ten examples a label drawn by chance',
      (examples: string[]) => shuffled(examples, createRandom(1)).slice(0, 10),
      3,
      0.72,
      0.06,
    ],
    ['all training queries', (examples: string[]) => examples, 9, 0.87, 0.05],
  ])('with %s it is right and sure often enough', (_, pick, every, accuracy, error) => {
    const answers = judge(
      [...examplesOf.keys()],
      pick,
      test.filter((__, position) => position % every === 0),
    );
    expect(toAccuracy(answers)).toBeGreaterThanOrEqual(accuracy);
    expect(toCalibrationError(answers)).toBeLessThanOrEqual(error);
  });
});

it.each([
  ['names alone', 0, 0.8],
  ['ten examples a label', 10, 0.92],
])('is sure to the right degree over small sets of labels with %s', (_, count, accuracy) => {
  const random = createRandom(11);
  const answers = Array.from({ length: 60 }, (__, round) => {
    const names = shuffled([...examplesOf.keys()], random).slice(0, 3 + (round % 3));
    const texts = test.filter(({ label }) => names.includes(label));
    return judge(names, (examples) => examples.slice(0, count), texts);
  }).flat();
  expect(toAccuracy(answers)).toBeGreaterThanOrEqual(accuracy);
  expect(toCalibrationError(answers)).toBeLessThanOrEqual(0.06);
});
