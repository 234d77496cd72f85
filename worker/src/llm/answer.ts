import type { ClassificationResult } from '@understudy/shared/contracts/classification';
import * as z from 'zod';
import type { ClassifyRequest } from './adapter.ts';
import { findJsonObject } from './json-in-text.ts';
import { matchLabel } from './match-label.ts';

/** Least confidence of an answered label where its set does not say. */
export const DEFAULT_THRESHOLD = 0.5;
const MAX_RATIONALE = 2_000;
/** Models that compute a confidence may miss the bounds by a rounding error. */
const ROUNDING = 0.001;

/** Either form is taken whichever was asked for: models without structured output mix them up. */
const answerForm = z.union([
  z.object({
    labels: z.array(z.object({ name: z.string(), confidence: z.number() })),
    rationale: z.string().nullish(),
  }),
  z
    .object({ label: z.string(), confidence: z.number(), rationale: z.string().nullish() })
    .transform(({ label, confidence, rationale }) => ({ labels: [{ name: label, confidence }], rationale })),
]);

export type AnswerReading = { ok: true; result: ClassificationResult } | { ok: false; problem: string };

/**
 * What a model's words answer, held against the label set. A problem is a full sentence that the model can be told.
 */
export function readAnswer(
  words: string,
  { labelSet, explain }: Pick<ClassifyRequest, 'labelSet' | 'explain'>,
): AnswerReading {
  const object = findJsonObject(words);
  if (!object) return { ok: false, problem: 'It is not a JSON object.' };
  const form = answerForm.safeParse(object);
  if (!form.success) {
    const wanted = labelSet.multiLabel
      ? 'a list "labels" of names and confidences'
      : 'a "label" and a "confidence"';
    return { ok: false, problem: `It does not have the form that was asked for, with ${wanted}.` };
  }
  const names = labelSet.labels.map(({ name }) => name);
  const confidences = new Map<string, number>();
  for (const answered of form.data.labels) {
    const name = matchLabel(answered.name, names);
    if (name === null) {
      return { ok: false, problem: `The label ${quote(answered.name)} is not one of the given labels.` };
    }
    if (answered.confidence < -ROUNDING || answered.confidence > 1 + ROUNDING) {
      return { ok: false, problem: `The confidence ${answered.confidence} is not between 0 and 1.` };
    }
    const confidence = Math.min(1, Math.max(0, answered.confidence));
    confidences.set(name, Math.max(confidence, confidences.get(name) ?? 0));
  }
  if (!labelSet.multiLabel && confidences.size !== 1) {
    return { ok: false, problem: `It names ${confidences.size} labels where exactly one was asked for.` };
  }
  const least = labelSet.multiLabel ? (labelSet.threshold ?? DEFAULT_THRESHOLD) : 0;
  const labels = [...confidences]
    .map(([name, confidence]) => ({ name, confidence }))
    .filter(({ confidence }) => confidence >= least)
    .toSorted((a, b) => b.confidence - a.confidence);
  const rationale = explain ? toRationale(form.data.rationale) : null;
  return { ok: true, result: { label: labels[0]?.name ?? null, labels, rationale } };
}

function toRationale(given: string | null | undefined): string | null {
  const rationale = given?.slice(0, MAX_RATIONALE).toWellFormed().replaceAll('\0', '').trim();
  return rationale ? rationale : null;
}

function quote(name: string): string {
  return JSON.stringify(name.length > 80 ? `${name.slice(0, 79)}…` : name);
}
