import type { Pricing, ProviderReference } from '../../contracts/classification.ts';

/** What makes a batch an evaluation. Its jobs are the samples in order, each at every provider in turn. */
export interface EvaluationFacts {
  classifier: { id: string; name: string; version: number };
  multiLabel: boolean;
  /** The names of the classifier's labels. */
  labels: string[];
  /** As they were when it began. */
  providers: ProviderReference[];
  sampleCount: number;
  /** Of each sample the labels that are right, by their place in `labels`. */
  expected: number[][];
  /** How it ended the last time; null until then. It outlives the jobs that it was made from. */
  summary: EvaluationSummary | null;
  isSummarised: boolean;
  /** How often its jobs got another cost; absent for never. A summary lands only if that is as it was read. */
  costChanges?: number;
}

/** How often a label that was right got an answer; null for none. */
export interface ConfusionCell {
  expected: string | null;
  answered: string | null;
  count: number;
}

/** How one provider fared. */
export interface ProviderScore {
  done: number;
  answered: number;
  correct: number;
  accuracy: number | null;
  macroF1: number | null;
  costNanoUsd: number | null;
  pricing: Pricing;
  p50Ms: number | null;
  p95Ms: number | null;
}

/** Scores and confusions stand in the order of the evaluation's providers. */
export interface EvaluationScores {
  /** How many jobs had an outcome that could be read; erased and removed ones have none. */
  known: number;
  scores: ProviderScore[];
  confusions: ConfusionCell[][];
}

export interface EvaluationSummary extends EvaluationScores {
  /** Of the batch, at the end that this is of. */
  finishedAt: Date;
}
