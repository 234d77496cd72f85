import * as z from 'zod/mini';
import { pricing } from './classification.ts';
import { boundedString, queryTime } from './primitives.ts';

/** Body of `POST /api/providers/:id/reprice`. `from` inclusive, `to` exclusive, by when attempts were settled. */
export const repriceInput = z
  .strictObject({
    from: queryTime,
    to: z.optional(queryTime),
    model: z
      .optional(boundedString(1, 200))
      .check(z.describe('Whose attempts; the model that the provider has now where absent.')),
    dryRun: z
      ._default(z.boolean(), true)
      .check(
        z.describe('Whether it is only told what would change. Books are not rewritten by an omission.'),
      ),
    cursor: z.optional(z.string()),
  })
  .check(
    z.check(({ value: { from, to }, issues }) => {
      if (!to || from < to) return;
      issues.push({ code: 'custom', input: from, path: ['from'], message: 'must be before `to`' });
    }),
  );
export type RepriceInput = z.infer<typeof repriceInput>;

const cost = z.object({
  costUsd: z.nullable(z.number()).check(z.describe('The known part; null where no part is known.')),
  pricing: z.nullable(pricing),
  unpricedCount: z.int(),
  estimatedUsd: z.number(),
});

/** What a call has looked at and changed; the rest, if any, is behind `nextCursor`. */
export const repriceResult = z.object({
  matched: z.int(),
  changed: z.int(),
  left: z
    .object({ tokensUnknown: z.int(), underWay: z.int() })
    .check(
      z.describe(
        'Matched, but left as they are: calls whose tokens nobody told (estimates among them), and those of jobs that ' +
          'were being worked on, which a repeat finds.',
      ),
    ),
  before: cost.check(z.describe('What all that matched cost.')),
  after: cost,
  model: z.string(),
  priceVersion: z.string(),
  dryRun: z.boolean(),
  nextCursor: z.nullable(z.string()),
});
export type RepriceResult = z.infer<typeof repriceResult>;
