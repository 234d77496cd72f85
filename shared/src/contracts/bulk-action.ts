import * as z from 'zod/mini';
import { filterFields, isFilterKey, jobState } from './classification.ts';
import { boundedString, commaList, queryBoolean, storableString } from './primitives.ts';

export const bulkActionName = z.enum(['cancel', 'retry', 'erase']);
export type BulkActionName = z.infer<typeof bulkActionName>;

/** Several values as a list, or with commas as in a query. */
const several = <T extends z.ZodMiniType<string, string>>(item: T) =>
  z.union([commaList(item), z.array(item).check(z.minLength(1), z.maxLength(100))]);

const bulkFilter = z
  .catchall(
    z.object({
      ...filterFields,
      state: z.optional(several(jobState)),
      label: z.optional(several(boundedString(1, 200))),
      degraded: z.optional(z.union([z.boolean(), queryBoolean])),
    }),
    storableString().check(z.maxLength(500)),
  )
  .check(
    z.check(({ value, issues }) => {
      for (const key of Object.keys(value)) {
        if (isFilterKey(key)) continue;
        issues.push({ code: 'unrecognized_keys', keys: [key], input: value, message: 'is not a filter' });
      }
    }),
  );

/** Body of `POST /api/classifications/bulk`; `filter` has the keys of the list. */
export const bulkAction = z
  .strictObject({
    action: bulkActionName,
    filter: bulkFilter,
    dryRun: z._default(z.boolean(), false),
    cursor: z.optional(z.string()),
  })
  .check(
    z.check(({ value: { action, filter, dryRun }, issues }) => {
      // It cannot be undone, and a filter whose values got lost on the way looks the same.
      if (action !== 'erase' || dryRun || Object.keys(filter).length > 0) return;
      const message = 'must name something to erase; `from` a time long past means everything';
      issues.push({ code: 'custom', input: filter, path: ['filter'], message });
    }),
  );
export type BulkAction = z.infer<typeof bulkAction>;

/** What a call has looked at and done; the rest, if any, is behind `nextCursor`. */
export const bulkResult = z.object({
  matched: z.int(),
  changed: z.int(),
  nextCursor: z.nullable(z.string()),
});
export type BulkResult = z.infer<typeof bulkResult>;
