import { sumUsage } from '../attempts/sum-usage.ts';
import type { JobUsage } from '../jobs/model.ts';
import { hasSameLabels } from '../same-labels.ts';
import type { ConfusionCell, ProviderScore } from './facts.ts';

/** What came of one sample at one provider. */
export interface SampleOutcome {
  /** `open` also where it was cancelled, or erased since: nothing is known of it then but what it cost. */
  kind: 'answered' | 'unanswered' | 'open';
  expected: readonly string[];
  /** Empty unless it was answered. */
  answered: readonly string[];
  usage: JobUsage;
  /** Of the call that gave the answer. */
  durationMs: number | null;
}

/**
 * Scores one provider. An answer is correct if its set of labels is exactly the expected one; a sample that got none
 * counts as wrong. Macro F1 is the unweighted mean over the labels that occur as expected or answered, as scikit-learn's
 * `f1_score(average="macro")` over those labels.
 */
export function scoreProvider(
  outcomes: readonly SampleOutcome[],
  { multiLabel }: { multiLabel: boolean },
): { score: ProviderScore; confusion: ConfusionCell[] } {
  const done = outcomes.filter(({ kind }) => kind !== 'open');
  const answered = done.filter(({ kind }) => kind === 'answered');
  const correct = answered.filter((sample) => hasSameLabels(sample.expected, sample.answered)).length;
  const durations = answered.flatMap(({ durationMs }) => durationMs ?? []).toSorted((a, b) => a - b);
  const { costNanoUsd, pricing } = sumUsage(outcomes.map(({ usage }) => usage));
  const score = {
    done: done.length,
    answered: answered.length,
    correct,
    accuracy: done.length === 0 ? null : correct / done.length,
    macroF1: toMacroF1(done),
    costNanoUsd,
    pricing,
    p50Ms: toPercentile(durations, 0.5),
    p95Ms: toPercentile(durations, 0.95),
  };
  return { score, confusion: toConfusion(done, multiLabel) };
}

/** F1 of a label is 2·hits / (2·hits + too many + missed). */
function toMacroF1(done: readonly SampleOutcome[]): number | null {
  const byLabel = new Map<string, { hits: number; others: number }>();
  const count = (label: string, isHit: boolean) => {
    const counts = byLabel.get(label) ?? { hits: 0, others: 0 };
    byLabel.set(label, counts);
    counts[isHit ? 'hits' : 'others'] += 1;
  };
  for (const { expected, answered } of done) {
    for (const label of expected) count(label, answered.includes(label));
    for (const label of answered) if (!expected.includes(label)) count(label, false);
  }
  if (byLabel.size === 0) return null;
  const scores = [...byLabel.values()].map(({ hits, others }) => (2 * hits) / (2 * hits + others));
  return scores.reduce((sum, score) => sum + score, 0) / scores.length;
}

/** The nearest rank: always a value that was measured. */
function toPercentile(sorted: readonly number[], share: number): number | null {
  return sorted[Math.ceil(sorted.length * share) - 1] ?? null;
}

/** Of one label per sample: which was expected, which answered. Of several: hits, misses, and labels too many. */
function toConfusion(done: readonly SampleOutcome[], multiLabel: boolean): ConfusionCell[] {
  const cells = new Map<string, ConfusionCell>();
  const count = (expected: string | null, answered: string | null) => {
    const key = JSON.stringify([expected, answered]);
    const cell = cells.get(key) ?? { expected, answered, count: 0 };
    cells.set(key, cell);
    cell.count += 1;
  };
  for (const { expected, answered } of done) {
    if (!multiLabel) {
      count(expected[0] ?? null, answered[0] ?? null);
      continue;
    }
    for (const label of expected) count(label, answered.includes(label) ? label : null);
    for (const label of answered) if (!expected.includes(label)) count(null, label);
  }
  return [...cells.values()].toSorted((a, b) => b.count - a.count);
}
