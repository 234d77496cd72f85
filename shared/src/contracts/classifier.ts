import * as z from 'zod/mini';
import { labels } from './label.ts';
import { boundedString, isoTime, pageOf, pageQuery } from './primitives.ts';

export const classifierName = z
  .string()
  .check(
    z.regex(
      /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/,
      'must be 1-64 of A-Z a-z 0-9 . _ - and start with a letter or digit',
    ),
  );

export const threshold = z.number().check(z.gte(0), z.lte(1));

const definition = {
  labels,
  instructions: z._default(z.nullable(boundedString(1, 20_000)), null),
  multiLabel: z._default(z.boolean(), false),
  threshold: z._default(z.nullable(threshold), null),
};

const thresholdNeedsMultiLabel = z.refine<{ multiLabel: boolean; threshold: number | null }>(
  (value) => value.threshold === null || value.multiLabel,
  { path: ['threshold'], message: 'goes with multiLabel only' },
);

/** Body of `POST /api/classifiers`: a named set of labels, the first version. */
export const classifierInput = z
  .strictObject({ name: classifierName, ...definition })
  .check(thresholdNeedsMultiLabel);
export type ClassifierInput = z.infer<typeof classifierInput>;

/** Body of `PUT /api/classifiers/:name`: the whole definition, which becomes a new version. */
export const classifierUpdate = z
  .strictObject({ name: z.optional(classifierName), ...definition })
  .check(thresholdNeedsMultiLabel);
export type ClassifierUpdate = z.infer<typeof classifierUpdate>;

export const classifier = z.object({
  id: z.string(),
  name: classifierName,
  version: z.int(),
  ...definition,
  createdAt: isoTime,
  updatedAt: isoTime,
});
export type Classifier = z.infer<typeof classifier>;

export const classifierPage = pageOf(classifier);
export const classifierQuery = z.strictObject(pageQuery);
