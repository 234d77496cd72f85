import type { Evidence } from './label-index.ts';

/**
 * One weight for each of `toFeatures`: first those that hold for bare names (constant, words, pairs, trigrams,
 * neighbours, coverage), then what a hundred examples a label add to each, last the one for the number of labels.
 * Fitted by `calibration/main.ts`, which prints these numbers, on held-out training queries of Banking77 against
 * drawn label sets: 3 to 77 labels, none to all of their examples. The test queries had no part in it.
 */
export type Weights = readonly number[];

/** For one answer out of the set; see `toShares`. */
const SINGLE: Weights = [0, 0.02, -0.09, 2.39, 0.52, 2.65, 0, -0.08, 2.56, 0.14, 0.94, -0.93, 0.13];

/** For each label by itself; see `toProbabilities`. */
const MULTI: Weights = [-5.55, -0.76, 0.71, 3.85, 1.97, 2.42, -5.86, 0.71, 2.22, -0.75, 0.86, 2.13, -0.03];

/**
 * How likely each label is the right one, 0..1, summing to 1: a conditional logit (McFadden, 1974), that is a
 * softmax over the labels' weighted evidence. `density` is the mean number of examples a label.
 */
export function toShares(evidence: Evidence[], density: number, weights: Weights = SINGLE): number[] {
  const scores = evidence.map((entry) => dot(toFeatures(entry, density, evidence.length), weights));
  return softmax(scores);
}

/** How likely each label applies, 0..1, each by itself: a logistic regression over its own evidence. */
export function toProbabilities(evidence: Evidence[], density: number, weights: Weights = MULTI): number[] {
  return evidence.map((entry) => logistic(dot(toFeatures(entry, density, evidence.length), weights)));
}

/** What the models see of a label; the text's words count for more the more examples tell which of them matter. */
export function toFeatures(evidence: Evidence, density: number, labelCount: number): number[] {
  const { words, pairs, trigrams, neighbours, coverage } = evidence;
  const own = [1, words, pairs, trigrams, neighbours, coverage];
  const told = Math.log1p(density) / Math.log1p(100);
  const match = words + pairs + trigrams + neighbours;
  return [...own, ...own.map((value) => value * told), match * Math.log(labelCount)];
}

export function softmax(scores: number[]): number[] {
  const best = Math.max(...scores);
  const powers = scores.map((score) => Math.exp(score - best));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}

export function logistic(score: number): number {
  return 1 / (1 + Math.exp(-score));
}

export function dot(left: readonly number[], right: readonly number[]): number {
  return left.reduce((sum, value, index) => sum + value * (right[index] ?? 0), 0);
}
