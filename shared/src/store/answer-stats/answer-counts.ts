import type { JobDocument } from '../jobs/model.ts';
import { hasSameLabels } from '../same-labels.ts';

/** How often a label was given, and what people said of those answers. */
export interface LabelCounts {
  count: number;
  /** The sum of the confidences, each 0..1. */
  confidence: number;
  /** Answers with this label that somebody corrected, and those of them whose correction has it, too. */
  corrected: number;
  agreed: number;
}

interface Totals {
  answers: number;
  degraded: number;
  /** Answers with a label; one with `multiLabel` may have none. */
  labelled: number;
  /** The sum over these of the first label's confidence. */
  confidence: number;
  /** Answers that somebody corrected, and those of them whose correction is the same set of labels. */
  corrected: number;
  agreed: number;
  /** What is not told by label any more. */
  others: LabelCounts;
}

/** What is counted of answers; sums of these are sums of answers. */
export type AnswerCounts = Totals & { labels: Map<string, LabelCounts> };
/** The same as it is stored. */
export type StoredAnswerCounts = Totals & { labels: (LabelCounts & { name: string })[] };

/** What of a job is counted as its answer. */
export type AnsweredJob = Pick<JobDocument, 'result' | 'degraded'> & { correction: Correction };
type Correction = { labels: readonly string[] } | null;

const TOTALS = ['answers', 'degraded', 'labelled', 'confidence', 'corrected', 'agreed'] as const;
const OF_LABEL = ['count', 'confidence', 'corrected', 'agreed'] as const;

const createLabelCounts = (): LabelCounts => ({ count: 0, confidence: 0, corrected: 0, agreed: 0 });

export function createAnswerCounts(): AnswerCounts {
  const totals = { answers: 0, degraded: 0, labelled: 0, confidence: 0, corrected: 0, agreed: 0 };
  return { ...totals, labels: new Map(), others: createLabelCounts() };
}

/** What one answer adds. */
export function toAnswerCounts({ result, degraded, correction }: AnsweredJob): AnswerCounts {
  const given = result?.labels ?? [];
  const names = given.map(({ name }) => name);
  const counts: AnswerCounts = {
    ...createAnswerCounts(),
    answers: 1,
    degraded: degraded ? 1 : 0,
    labelled: given.length > 0 ? 1 : 0,
    confidence: given[0]?.confidence ?? 0,
    labels: new Map(
      given.map(({ name, confidence }) => [name, { ...createLabelCounts(), count: 1, confidence }]),
    ),
  };
  return addCounts(counts, toCorrectionCounts(names, { before: null, after: correction }));
}

/** What changes where the correction of an answer with these labels changes. */
export function toCorrectionCounts(
  names: readonly string[],
  { before, after }: { before: Correction; after: Correction },
): AnswerCounts {
  const corrected = Number(after !== null) - Number(before !== null);
  const agrees = (correction: Correction) =>
    Number(correction !== null && hasSameLabels(names, correction.labels));
  const has = (correction: Correction, name: string) => Number(correction?.labels.includes(name) ?? false);
  const ofLabel = (name: string) => ({ corrected, agreed: has(after, name) - has(before, name) });
  return {
    ...createAnswerCounts(),
    corrected,
    agreed: agrees(after) - agrees(before),
    labels: new Map(names.map((name) => [name, { ...createLabelCounts(), ...ofLabel(name) }])),
  };
}

/** Adds counts to others', in place, and gives those. */
export function addCounts(into: AnswerCounts, from: AnswerCounts): AnswerCounts {
  for (const key of TOTALS) into[key] += from[key];
  for (const [name, label] of from.labels) addLabel(toPlace(into, name, label), label);
  addLabel(into.others, from.others);
  return into;
}

/** Where a label is counted: a correction of an answer whose label was folded away is, too, one of `others`. */
function toPlace(into: AnswerCounts, name: string, { count, corrected, agreed }: LabelCounts): LabelCounts {
  const known = into.labels.get(name);
  if (known) return known.corrected + corrected < 0 || known.agreed + agreed < 0 ? into.others : known;
  if (count === 0) return into.others;
  const added = createLabelCounts();
  into.labels.set(name, added);
  return added;
}

function addLabel(into: LabelCounts, from: LabelCounts) {
  for (const key of OF_LABEL) into[key] += from[key];
}

/** The same in memory, of the same objects; where it was read without its labels, there are none. */
export function fromStored(
  stored: Omit<StoredAnswerCounts, 'labels'> & Partial<StoredAnswerCounts>,
): AnswerCounts {
  const labels = new Map<string, LabelCounts>();
  for (const label of stored.labels ?? []) labels.set(label.name, label);
  return { ...toTotals(stored), others: stored.others, labels };
}

/**
 * Keeps the labels that were given most often apart, and folds the rest into `others`, so that what is stored stays small
 * however many labels clients invent. Sums lose nothing.
 */
export function toStored(counts: AnswerCounts, maxLabels = Infinity): StoredAnswerCounts {
  const sorted = Array.from(counts.labels, ([name, label]) => ({ ...label, name }));
  if (sorted.length > maxLabels) sorted.sort((a, b) => b.count - a.count);
  const others = { ...counts.others };
  for (const label of sorted.slice(maxLabels)) addLabel(others, label);
  return { ...toTotals(counts), labels: sorted.slice(0, maxLabels), others };
}

function toTotals({ answers, degraded, labelled, confidence, corrected, agreed }: Omit<Totals, 'others'>) {
  return { answers, degraded, labelled, confidence, corrected, agreed };
}
