import * as z from 'zod/mini';
import { providerReference } from './classification.ts';
import { faultKind } from './fault.ts';
import { boundedString, isoTime, pageOf, pageQuery, queryBoolean, queryTime } from './primitives.ts';

/** One switch from a provider that failed to the next, within one dispatch of a job. */
export const failover = z.object({
  id: z.string(),
  at: isoTime,
  jobId: z.string(),
  from: providerReference,
  to: z
    .nullable(providerReference)
    .check(z.describe('Who was asked next; null where nobody was left in this dispatch.')),
  fault: faultKind,
  switchMs: z
    .int()
    .check(
      z.gte(0),
      z.describe(
        'From the start of the first try at the provider that failed to the start of the first try at the next; ' +
          'where nobody was left, to the moment in which that was known.',
      ),
    ),
  hedge: z.boolean(),
  drill: z.boolean(),
});
export type Failover = z.infer<typeof failover>;

export const failoverPage = pageOf(failover);

/** Filters of `GET /api/failovers`; `provider` is an id or a name on either side. `from` inclusive, `to` exclusive. */
export const failoverQuery = z.strictObject({
  ...pageQuery,
  provider: z.optional(boundedString(1, 64)),
  fault: z.optional(faultKind),
  drill: z.optional(queryBoolean),
  jobId: z.optional(boundedString(1, 64)),
  from: z.optional(queryTime),
  to: z.optional(queryTime),
});
export type FailoverQuery = z.infer<typeof failoverQuery>;
