import * as z from 'zod/mini';
import { classificationFields, classification, pricing, providerReference } from './classification.ts';
import { boundedString, isoTime, namingFirst, pageOf, pageQuery } from './primitives.ts';

/** More samples than this are refused. */
export const MAX_SAMPLES = 1_000;
/** Samples times providers: so many jobs one evaluation may make. */
export const MAX_EVALUATION_JOBS = 10_000;

const labelName = boundedString(1, 200);

const sample = z
  .strictObject({
    text: classificationFields.text,
    label: z.optional(labelName),
    labels: z.optional(
      namingFirst(
        z.array(labelName).check(
          z.maxLength(200),
          z.refine((names) => new Set(names).size === names.length, 'must not name a label twice'),
        ),
      ),
    ),
  })
  .check(
    z.check(({ value: { label, labels }, issues }) => {
      if ((label === undefined) !== (labels === undefined)) return;
      const key = label === undefined ? 'label' : 'labels';
      const message = label === undefined ? 'give a label or labels' : 'give a label or labels, not both';
      issues.push({ code: 'custom', input: undefined, path: [key], message });
    }),
  );
export type Sample = z.infer<typeof sample>;

/** Body of `POST /api/classifiers/:name/evaluate`. `labels` is for classifiers with `multiLabel`. */
export const evaluationInput = z.strictObject({
  samples: z.array(sample).check(z.minLength(1), z.maxLength(MAX_SAMPLES)),
  providers: classificationFields.providers,
});
export type EvaluationInput = z.infer<typeof evaluationInput>;

export const evaluationAccepted = z.object({
  id: z.string(),
  total: z.int().check(z.describe('How many jobs it makes: samples times providers.')),
});
export type EvaluationAccepted = z.infer<typeof evaluationAccepted>;

const confusionCell = z.object({
  expected: z.nullable(z.string()).check(z.describe('Null for a label too many, with `multiLabel` only.')),
  answered: z.nullable(z.string()).check(z.describe('Null where there was no answer, or not this label.')),
  count: z.int(),
});

const scoreFields = {
  provider: providerReference,
  done: z.int().check(z.describe('Samples that were asked: answered or failed.')),
  answered: z.int(),
  correct: z.int(),
  accuracy: z.nullable(z.number()).check(z.describe('`correct` of `done`; null while none is done.')),
  macroF1: z
    .nullable(z.number())
    .check(z.describe('The plain mean of F1 over the labels that were expected or answered.')),
  costUsd: z.nullable(z.number()),
  pricing,
  p50Ms: z.nullable(z.number()).check(z.describe('Of the calls that gave the answers.')),
  p95Ms: z.nullable(z.number()),
};

const evaluationFields = {
  id: z.string(),
  client: z.string(),
  classifier: z.object({ name: z.string(), version: z.int() }),
  multiLabel: z.boolean(),
  state: z
    .enum(['running', 'finished', 'cancelled'])
    .check(z.describe('`cancelled`: some of its jobs were.')),
  createdAt: isoTime,
  finishedAt: z.nullable(isoTime),
  samples: z.int(),
  done: z.int().check(z.describe('Jobs that are final.')),
  total: z.int(),
};

/** How good each provider is at a classifier, as far as it is known. */
export const evaluation = z.object({
  ...evaluationFields,
  providers: z.array(z.object({ ...scoreFields, confusion: z.array(confusionCell) })),
});
export type Evaluation = z.infer<typeof evaluation>;

/** An evaluation as a list shows it. */
export const evaluationRow = z.object({
  ...evaluationFields,
  providers: z.nullable(z.array(z.object(scoreFields))).check(z.describe('Null until it has finished.')),
});
export type EvaluationRow = z.infer<typeof evaluationRow>;

export const evaluationPage = pageOf(evaluationRow);
export const evaluationQuery = z.strictObject({
  ...pageQuery,
  classifier: z.optional(boundedString(1, 64)),
});
export type EvaluationQuery = z.infer<typeof evaluationQuery>;

/** One line of the results of an evaluation: a sample at a provider. */
export const evaluationResult = z.object({
  index: z.int().check(z.describe('Of the sample, from 0.')),
  provider: z.string(),
  expected: z.array(z.string()),
  job: classification,
});
export type EvaluationResult = z.infer<typeof evaluationResult>;
