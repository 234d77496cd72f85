import { dot, logistic, softmax, type Weights } from '../confidence.ts';
import type { Case } from './episodes.ts';
import { solve } from './solve.ts';

/** How the scores of a case's labels become probabilities, and whether the labels share one mass of it. */
export interface Link {
  toProbabilities(scores: number[]): number[];
  shared: boolean;
}
export const SINGLE_LINK: Link = { toProbabilities: softmax, shared: true };
export const MULTI_LINK: Link = { toProbabilities: (scores) => scores.map(logistic), shared: false };

const MAX_STEPS = 25;
const RIDGE = 1e-4;

/**
 * Weights of the greatest likelihood, by Newton's method (for both links the problem is convex), rounded to two
 * decimals. A slight ridge holds the weights that no case determines at zero.
 */
export function fitWeights(cases: Case[], link: Link): Weights {
  let weights: number[] = cases[0]?.features[0]?.map(() => 0) ?? [];
  for (let step = 0; step < MAX_STEPS; step++) {
    const { gradient, curvature } = toSlope(cases, link, weights);
    const move = solve(curvature.map((row, index) => [...row, gradient[index] ?? 0]));
    const next = takeStep(cases, link, weights, move);
    if (next === null) break;
    weights = next;
    if (Math.max(...move.map(Math.abs)) < 1e-4) break;
  }
  // Adding zero turns a rounded -0 into 0.
  return weights.map((weight) => Math.round(weight * 100) / 100 + 0);
}

/** A whole step may overshoot into certainty, from where there is no way back: it is halved until it helps. */
function takeStep(cases: Case[], link: Link, weights: number[], move: number[]): number[] | null {
  const loss = toLoss(cases, link, weights);
  for (let share = 1; share > 1e-3; share /= 2) {
    const next = weights.map((weight, index) => weight - share * (move[index] ?? 0));
    if (toLoss(cases, link, next) < loss) return next;
  }
  return null;
}

/** Mean negative log-likelihood of what was right, with the ridge. */
function toLoss(cases: Case[], { toProbabilities, shared }: Link, weights: Weights): number {
  let loss = 0;
  for (const { features, answer } of cases) {
    const probabilities = toProbabilities(features.map((entry) => dot(entry, weights)));
    for (const [label, probability] of probabilities.entries()) {
      if (label === answer) loss -= Math.log(probability + 1e-12);
      else if (!shared) loss -= Math.log(1 - probability + 1e-12);
    }
  }
  return loss / cases.length + RIDGE * dot(weights, weights);
}

/** Gradient and Hessian of `toLoss`. */
function toSlope(cases: Case[], { toProbabilities, shared }: Link, weights: Weights) {
  const gradient = weights.map((weight) => 2 * RIDGE * weight);
  const curvature = weights.map((_, row) => weights.map((__, column) => (row === column ? 2 * RIDGE : 0)));
  for (const { features, answer } of cases) {
    const probabilities = toProbabilities(features.map((entry) => dot(entry, weights)));
    const mean = weights.map(() => 0);
    for (const [label, entry] of features.entries()) {
      const probability = probabilities[label] ?? 0;
      add(gradient, entry, (probability - (label === answer ? 1 : 0)) / cases.length);
      add(mean, entry, probability);
      addOuter(curvature, entry, (shared ? probability : probability * (1 - probability)) / cases.length);
    }
    if (shared) addOuter(curvature, mean, -1 / cases.length);
  }
  return { gradient, curvature };
}

function add(sum: number[], vector: readonly number[], factor: number): void {
  for (const [index, value] of vector.entries()) sum[index] = (sum[index] ?? 0) + factor * value;
}

function addOuter(matrix: number[][], vector: readonly number[], factor: number): void {
  for (const [index, row] of matrix.entries()) add(row, vector, factor * (vector[index] ?? 0));
}
