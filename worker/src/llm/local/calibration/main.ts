import { createRandom } from '@understudy/shared/testing/random';
import { pathToFileURL } from 'node:url';
import { dot, type Weights } from '../confidence.ts';
import { drawCases, type Case } from './episodes.ts';
import { fitWeights, MULTI_LINK, SINGLE_LINK, type Link } from './fit.ts';
import { readLabelledTexts } from './labelled-texts.ts';
import { toAccuracy, toCalibrationError, type Judged } from './measure.ts';
import { shuffled } from './shuffled.ts';

const HELD_OUT_SHARE = 0.25;

/**
 * Fits the weights of `confidence.ts` on a training table (`text,category`, RFC 4180) and prints them with how well
 * they do on cases that the fit did not see: `node main.ts train.csv.gz`. 40 seconds for Banking77.
 */
function calibrate(path: string): void {
  const texts = shuffled(readLabelledTexts(pathToFileURL(path)), createRandom(7));
  const held = Math.round(texts.length * HELD_OUT_SHARE);
  const [asked, known] = [texts.slice(0, held), texts.slice(held)];
  // Half of the held-out queries fit the weights, the other half judges them.
  const fitCases = drawCases(known, asked.slice(0, held / 2), createRandom(5));
  const judgeCases = drawCases(known, asked.slice(held / 2), createRandom(6));
  const belonging = fitCases.filter(({ answer }) => answer !== null);

  const weights = fitWeights(belonging, SINGLE_LINK);
  console.log(`SINGLE: [${weights.join(', ')}]`);
  report(judgeCases, weights, SINGLE_LINK, ({ answer }) => answer !== null, best);
  const multiWeights = fitWeights(fitCases, MULTI_LINK);
  console.log(`MULTI: [${multiWeights.join(', ')}]`);
  report(judgeCases, multiWeights, MULTI_LINK, () => true, notable);
}

function report(
  cases: Case[],
  weights: Weights,
  link: Link,
  counts: (entry: Case) => boolean,
  judge: (probabilities: number[], answer: number | null) => Judged[],
): void {
  const settings = Map.groupBy(
    cases.filter(counts),
    (entry) => `${entry.labelCount} labels, ${entry.examples} examples`,
  );
  for (const [setting, group] of settings) {
    const judged = group.flatMap(({ features, answer }) =>
      judge(link.toProbabilities(features.map((entry) => dot(entry, weights))), answer),
    );
    console.log(
      `  ${setting}: right ${toAccuracy(judged).toFixed(3)}, calibration error ${toCalibrationError(judged).toFixed(3)}`,
    );
  }
}

function best(probabilities: number[], answer: number | null): Judged[] {
  const confidence = Math.max(...probabilities);
  return [{ confidence, right: probabilities.indexOf(confidence) === answer }];
}

/** Labels that come into question at all: hundreds at next to nothing would make any model look calibrated. */
function notable(probabilities: number[], answer: number | null): Judged[] {
  return probabilities
    .map((confidence, label) => ({ confidence, right: label === answer }))
    .filter(({ confidence }) => confidence >= 0.05);
}

const [path] = process.argv.slice(2);
if (path === undefined) {
  console.error('usage: node main.ts <train.csv or train.csv.gz>');
  process.exitCode = 1;
} else {
  calibrate(path);
}
