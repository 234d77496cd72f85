import * as z from 'zod/mini';
import { classification, classificationFields, hasOneLabelSource } from './classification.ts';
import { boundedString, isoTime, pageOf, pageQuery } from './primitives.ts';

/** More items than this are refused. */
export const MAX_BATCH_ITEMS = 10_000;

const { text, ...fieldsButText } = classificationFields;

/** Any field of a job but its text, for every item that does not have its own. */
export const batchDefaults = z.partial(z.strictObject(fieldsButText));

/** One item with the defaults filled in: a job, and the name that its sender knows it by. */
export const batchItem = z
  .strictObject({ text, ...fieldsButText, customId: z.optional(boundedString(1, 128)) })
  .check(hasOneLabelSource);
export type BatchItem = z.infer<typeof batchItem>;

/** All but the items; also the optional first line of NDJSON. */
export const batchHead = z.strictObject({
  defaults: z.optional(batchDefaults),
  atomic: z._default(z.boolean(), false),
});

/** One item as it is sent: what the defaults give may be left out. */
const sentItem = z.strictObject({
  text,
  ...z.partial(z.strictObject(fieldsButText)).shape,
  customId: z.optional(boundedString(1, 128)),
});

/** Body of `POST /api/classifications/batch` as JSON. */
export const batchInput = z.strictObject({
  ...batchHead.shape,
  items: z.array(sentItem).check(z.minLength(1), z.maxLength(MAX_BATCH_ITEMS)),
});

/** One line of the body of `POST /api/classifications/batch` as NDJSON. */
export const batchInputLine = z.union([sentItem, batchHead]);

const itemFault = z.object({ pointer: z.string(), detail: z.string(), code: z.string() });

/** An item that was not accepted, and why. */
export const rejectedItem = z.object({
  index: z.int(),
  customId: z.nullable(z.string()),
  errors: z.array(itemFault),
});
export type RejectedItem = z.infer<typeof rejectedItem>;

/** What became of each item. `index` counts the items from 0 in order of input. */
export const batchAccepted = z.object({
  id: z.string(),
  accepted: z.int(),
  rejected: z.array(rejectedItem),
  jobs: z.array(z.object({ index: z.int(), customId: z.nullable(z.string()), id: z.string() })),
});
export type BatchAccepted = z.infer<typeof batchAccepted>;

/** How many jobs of a batch are in each state. */
export const batchCounts = z.object({
  queued: z.int(),
  processing: z.int(),
  deferred: z.int(),
  succeeded: z.int(),
  failed: z.int(),
  cancelled: z.int(),
});
export type BatchCounts = z.infer<typeof batchCounts>;

/** How far a batch is. */
export const batch = z.object({
  id: z.string(),
  client: z.string(),
  createdAt: isoTime,
  finishedAt: z.nullable(isoTime).check(z.describe('Null again while a job of it is retried.')),
  total: z.int().check(z.describe('How many items were accepted.')),
  counts: batchCounts,
  progress: z.number().check(z.describe('The share of jobs that are final, 0 to 1.')),
});
export type Batch = z.infer<typeof batch>;

export const batchPage = pageOf(batch);
export const batchQuery = z.strictObject(pageQuery);

/** One line of the results of a batch, in order of input. */
export const batchResult = z.object({
  index: z.int(),
  customId: z.nullable(z.string()),
  job: classification,
});
export type BatchResult = z.infer<typeof batchResult>;
