import * as z from 'zod/mini';
import { classifierName, threshold } from './classifier.ts';
import { faultKind } from './fault.ts';
import { label, labels } from './label.ts';
import {
  boundedInt,
  boundedString,
  commaList,
  isoTime,
  pageOf,
  pageQuery,
  queryBoolean,
  queryTime,
  storableString,
} from './primitives.ts';
import { providerName, providerType } from './provider.ts';
import { webhookUrl } from './webhook.ts';

export const JOB_STATES = ['queued', 'processing', 'deferred', 'succeeded', 'failed', 'cancelled'] as const;
export const jobState = z.enum(JOB_STATES);
export type JobState = z.infer<typeof jobState>;

/** Whether a job in this state has ended for good (but for a retry). */
export function isFinal(state: JobState): boolean {
  return state === 'succeeded' || state === 'failed' || state === 'cancelled';
}

export const jobErrorCode = z.enum([
  'deadline_exceeded',
  'content_filtered',
  'rejected_by_provider',
  'worker_crashed',
  'cancelled',
  'internal_error',
]);
export type JobErrorCode = z.infer<typeof jobErrorCode>;

/** MongoDB’s driver takes what has a `_bsontype` for a type of its own. */
const metadata = z
  .record(
    z.string().check(z.regex(/^(?!_bsontype$)[A-Za-z0-9_-]{1,40}$/)),
    storableString().check(z.maxLength(500)),
  )
  .check(z.refine((pairs) => Object.keys(pairs).length <= 50, 'must have at most 50 pairs'));

const classifierReference = z.pipe(
  z.union([
    classifierName,
    z.strictObject({ name: classifierName, version: z.optional(boundedInt(1, 1_000_000)) }),
  ]),
  z.transform((value) => (typeof value === 'string' ? { name: value } : value)),
);

/** What one writes of a job, field by field. */
export const classificationFields = {
  text: boundedString(1, 200_000),
  labels: z.optional(labels),
  classifier: z.optional(classifierReference),
  multiLabel: z.optional(z.boolean()),
  threshold: z.optional(z.nullable(threshold)),
  instructions: z.optional(z.nullable(boundedString(1, 20_000))),
  explain: z._default(z.boolean(), false),
  priority: z._default(boundedInt(0, 9), 5),
  deadlineMs: z.optional(boundedInt(1_000, 604_800_000)),
  providers: z.optional(
    z.nullable(
      z.array(providerName).check(
        z.minLength(1),
        z.maxLength(50),
        z.refine((names) => new Set(names).size === names.length, 'must not name a provider twice'),
      ),
    ),
  ),
  allowDegraded: z.optional(z.boolean()),
  metadata: z._default(metadata, {}),
  webhookUrl: z.optional(z.nullable(webhookUrl)),
};

/** What goes only with labels of one's own; a classifier has these itself. */
export const WITH_LABELS_ONLY = ['multiLabel', 'threshold', 'instructions'] as const;

interface LabelSource {
  labels?: unknown;
  classifier?: unknown;
  multiLabel?: boolean | undefined;
  threshold?: number | null | undefined;
  instructions?: string | null | undefined;
}

/** Labels inline or a classifier by name, never both. */
export const hasOneLabelSource = z.check<LabelSource>((ctx) => {
  const { value, issues } = ctx;
  const refuse = (key: string, message: string) =>
    issues.push({ code: 'custom', input: undefined, path: [key], message });
  if (value.labels === undefined && value.classifier === undefined)
    refuse('labels', 'give labels or a classifier');
  if (value.labels !== undefined && value.classifier !== undefined)
    refuse('classifier', 'give labels or a classifier, not both');
  if (value.classifier !== undefined) {
    for (const key of WITH_LABELS_ONLY) {
      if (value[key] !== undefined) refuse(key, 'goes with labels only; the classifier has its own');
    }
  } else if (typeof value.threshold === 'number' && !value.multiLabel) {
    refuse('threshold', 'goes with multiLabel only');
  }
});

/** Body of `POST /api/classifications`. */
export const classificationInput = z.strictObject(classificationFields).check(hasOneLabelSource);
export type ClassificationInput = z.infer<typeof classificationInput>;

export const pricing = z.enum(['priced', 'free', 'estimated', 'unpriced', 'partial']);
export type Pricing = z.infer<typeof pricing>;

export const providerReference = z.object({
  id: z.string(),
  name: z.string(),
  type: providerType,
  model: z.string(),
});
export type ProviderReference = z.infer<typeof providerReference>;

export const attempt = z.object({
  number: z.int(),
  provider: providerReference,
  outcome: z.enum(['succeeded', 'failed', 'aborted', 'pending']),
  fault: z.nullable(faultKind),
  message: z.nullable(z.string()),
  status: z.nullable(z.int()),
  requestId: z.nullable(z.string()),
  hedge: z.boolean(),
  startedAt: isoTime,
  durationMs: z.nullable(z.number()),
  inputTokens: z.int(),
  outputTokens: z.int(),
  costUsd: z.nullable(z.number()),
  pricing: z.nullable(pricing),
  priceVersion: z.nullable(z.string()),
  repriced: z.optional(
    z
      .object({
        at: isoTime,
        costUsd: z.nullable(z.number()),
        pricing: z.nullable(pricing),
        priceVersion: z.nullable(z.string()),
      })
      .check(z.describe('How it was priced when it ended, of one that was priced again since.')),
  ),
});
export type Attempt = z.infer<typeof attempt>;

export const passedOverReason = z.enum([
  'circuit_open',
  'cooldown',
  'rate_limit',
  'tokens',
  'concurrency',
  'budget',
  'flagged',
  'disabled',
  'context_window',
]);
export type PassedOverReason = z.infer<typeof passedOverReason>;

export const deferredReason = z.enum(['no_provider_available', 'rate_limited', 'budget_exhausted', 'paused']);
export type DeferredReason = z.infer<typeof deferredReason>;

export const classificationResult = z.object({
  label: z.nullable(z.string()),
  labels: z.array(z.object({ name: z.string(), confidence: z.number() })),
  rationale: z.nullable(z.string()),
});
export type ClassificationResult = z.infer<typeof classificationResult>;

const jobFields = {
  id: z.string(),
  state: jobState,
  client: z.string(),
  classifier: z.nullable(z.object({ name: z.string(), version: z.int() })),
  multiLabel: z.boolean(),
  threshold: z.nullable(z.number()),
  instructions: z.nullable(z.string()),
  explain: z.boolean(),
  priority: z.int(),
  providers: z.nullable(z.array(z.string())),
  allowDegraded: z.boolean(),
  metadata: z.record(z.string(), z.string()),
  webhookUrl: z.nullable(z.string()),
  createdAt: isoTime,
  startedAt: z.nullable(isoTime),
  finishedAt: z.nullable(isoTime),
  deadlineAt: isoTime,
  result: z.nullable(classificationResult),
  correction: z.nullable(z.object({ labels: z.array(z.string()), at: isoTime, by: z.string() })),
  degraded: z.boolean(),
  provider: z.nullable(providerReference),
  usage: z.object({
    inputTokens: z.int(),
    outputTokens: z.int(),
    costUsd: z.nullable(z.number()),
    pricing,
  }),
  deferred: z.nullable(
    z.object({
      reason: deferredReason,
      nextTryAt: isoTime.check(
        z.describe('At most the deadline: the deadline itself where no try is to be expected before it.'),
      ),
    }),
  ),
  passedOver: z
    .array(z.object({ provider: providerReference, reason: passedOverReason, until: z.nullable(isoTime) }))
    .check(
      z.describe('By the latest dispatch; of a job in line, also who is `disabled` of those it may go to.'),
    ),
  error: z.nullable(z.object({ code: jobErrorCode, message: z.string() })),
  batchId: z.nullable(z.string()),
  erasedAt: z.nullable(isoTime),
};

/** Body of `PUT /api/classifications/:id/correction`. One label, or any number of them for a job with `multiLabel`. */
export const correctionInput = z.strictObject({
  labels: z.array(boundedString(1, 200)).check(
    z.maxLength(200),
    z.refine((names) => new Set(names).size === names.length, 'must not name a label twice'),
  ),
});
export type CorrectionInput = z.infer<typeof correctionInput>;

/** One job, whole. */
export const classification = z.object({
  ...jobFields,
  text: z.nullable(z.string()),
  labels: z.array(label),
  attempts: z.array(attempt),
});
export type Classification = z.infer<typeof classification>;

/** One row of the list: the job without text, labels and attempts, unless `include` asked for them. */
export const classificationRow = z.object({
  ...jobFields,
  attemptCount: z.int(),
  text: z.optional(z.nullable(z.string())),
  attempts: z.optional(z.array(attempt)),
});
export type ClassificationRow = z.infer<typeof classificationRow>;

export const classificationPage = pageOf(classificationRow);

/** What a list is narrowed by; `metadata.KEY` keys stand beside these. */
export const filterFields = {
  state: z.optional(commaList(jobState)),
  label: z.optional(commaList(boundedString(1, 200))),
  provider: z.optional(boundedString(1, 64)),
  // A name, or `name@version`.
  classifier: z.optional(boundedString(1, 72)),
  client: z.optional(boundedString(1, 64)),
  batchId: z.optional(boundedString(1, 64)),
  errorCode: z.optional(jobErrorCode),
  fault: z.optional(faultKind),
  degraded: z.optional(queryBoolean),
  from: z.optional(queryTime),
  to: z.optional(queryTime),
};

/** Whether a key narrows a list of jobs. */
export function isFilterKey(key: string): boolean {
  return Object.hasOwn(filterFields, key) || /^metadata\.[A-Za-z0-9_-]{1,40}$/.test(key);
}

/** More rows than this are in no page, or in no file. */
export const MAX_PAGE_ROWS = 200;
export const MAX_CSV_ROWS = 100_000;

/** How many rows: of a page or of a file, which the reply's type decides. */
export const rowLimit = z.optional(
  z.pipe(
    z.string().check(z.regex(/^\d{1,6}$/, 'must be a whole number')),
    z.pipe(z.transform(Number), boundedInt(1, MAX_CSV_ROWS)),
  ),
);

const queryFields = {
  ...pageQuery,
  limit: rowLimit,
  ...filterFields,
  include: z.optional(commaList(z.enum(['text', 'attempts']))),
};

/** Filters of `GET /api/classifications`; `metadata.KEY` keys stand beside these. `from` inclusive, `to` exclusive. */
export const classificationQuery = z
  .catchall(z.object(queryFields), storableString().check(z.maxLength(500)))
  .check(
    z.check((ctx) => {
      const { value, issues } = ctx;
      for (const key of Object.keys(value)) {
        if (!Object.hasOwn(queryFields, key) && !isFilterKey(key)) {
          issues.push({ code: 'unrecognized_keys', keys: [key], input: value, message: 'is not a filter' });
        }
      }
      if (value.include && value.limit !== undefined && value.limit > 50) {
        issues.push({
          code: 'custom',
          input: value.limit,
          path: ['limit'],
          message: 'is at most 50 with include',
        });
      }
    }),
  );
export type ClassificationQuery = z.infer<typeof classificationQuery>;

/** Jobs as a file (RFC 4180). */
export const classificationCsv = z.string();

/** The columns of jobs as CSV. */
export const CLASSIFICATION_CSV_COLUMNS = [
  'id',
  'client',
  'state',
  'label',
  'confidence',
  'labels',
  'degraded',
  'provider',
  'model',
  'attemptCount',
  'inputTokens',
  'outputTokens',
  'costUsd',
  'pricing',
  'createdAt',
  'startedAt',
  'finishedAt',
  'errorCode',
  'batchId',
  'metadata',
] as const;
