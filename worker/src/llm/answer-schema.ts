import { setBounded } from '@understudy/shared/runtime/set-bounded';
import * as z from 'zod';
import type { ClassifyRequest, LabelSet } from './adapter.ts';

/** Forms kept at once; an adapter meets many more texts than label sets. */
const MAX_KEPT = 100;

/**
 * What a model's structured output is bound to. No bounds on numbers and lists, since vendors support different
 * ones; `readAnswer` checks them. The rationale comes first, so that the label follows from it.
 */
export function toAnswerSchema({ labels, multiLabel }: LabelSet, explain: boolean) {
  const name = z.enum(labels.map((label) => label.name));
  const confidence = z.number().describe('From 0 to 1.');
  return z.object({
    ...(explain ? { rationale: z.string() } : {}),
    ...(multiLabel ? { labels: z.array(z.object({ name, confidence })) } : { label: name, confidence }),
  });
}

/**
 * Makes a vendor's output format once for each label set and keeps it: making the JSON schema takes a quarter of
 * all that an adapter computes for a call.
 */
export function keepFormats<Format>(make: (schema: ReturnType<typeof toAnswerSchema>) => Format) {
  const kept = new Map<string, Format>();
  return ({ labelSet, explain }: Pick<ClassifyRequest, 'labelSet' | 'explain'>): Format => {
    const key = JSON.stringify([labelSet.multiLabel, explain, labelSet.labels.map(({ name }) => name)]);
    const known = kept.get(key);
    if (known !== undefined) return known;
    const format = make(toAnswerSchema(labelSet, explain));
    setBounded(kept, key, format, MAX_KEPT);
    return format;
  };
}
