import type { ClassificationResult } from '@understudy/shared/contracts/classification';
import { toProbabilities, toShares } from './confidence.ts';
import type { LabelIndex } from './label-index.ts';
import { toPassages, toReadPart } from './passages.ts';
import { toRationale, type Finding } from './rationale.ts';

export interface Question {
  text: string;
  multiLabel: boolean;
  /** Least confidence of an answered label with `multiLabel`, 0..1. */
  threshold: number;
  /** Whether a rationale is wanted. */
  explain: boolean;
}

/**
 * Answers from an index: the likeliest label, or with `multiLabel` every label at or over the threshold, perhaps
 * none. Where several applied, each takes the passage of the text that speaks for it most.
 */
export function toAnswer(index: LabelIndex, question: Question): ClassificationResult {
  const text = toReadPart(question.text);
  const findings = question.multiLabel
    ? findAll(index, text).filter(({ confidence }) => confidence >= question.threshold)
    : findAmong(index, text, toShares).slice(0, 1);
  const [first] = findings;
  return {
    label: first ? first.label.name : null,
    labels: findings.map(({ label, confidence }) => ({
      name: label.name,
      confidence: Math.round(confidence * 10_000) / 10_000,
    })),
    rationale: question.explain ? (first ? toRationale(first) : 'No label reaches the threshold.') : null,
  };
}

/** Every label with the passage that makes it likeliest, by falling confidence. */
function findAll(index: LabelIndex, text: string): Finding[] {
  const seen = new Set<number>();
  return toPassages(text)
    .flatMap((passage) => findAmong(index, passage, toProbabilities))
    .toSorted(byFallingConfidence)
    .filter(({ position }) => !seen.has(position) && seen.add(position));
}

/** Every label by falling confidence; where it is equal, in the labels' order. */
function findAmong(index: LabelIndex, passage: string, toConfidences: typeof toShares): Finding[] {
  const weighing = index.weigh(passage);
  const confidences = toConfidences(weighing.evidence, index.density);
  return index.labels
    .map((label, position) => {
      const confidence = confidences[position] ?? 0;
      return { label, position, confidence, passage, weighing };
    })
    .toSorted(byFallingConfidence);
}

function byFallingConfidence(left: Finding, right: Finding): number {
  return right.confidence - left.confidence;
}
