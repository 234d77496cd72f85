import * as z from 'zod/mini';
import { boundedString, isoTime, pageOf, pageQuery, queryTime } from './primitives.ts';

/** One change by an operator. `before` and `after` are what the API shows of the target, secrets never among it. */
export const auditRow = z.object({
  id: z.string(),
  at: isoTime,
  actor: z
    .object({ tokenId: z.nullable(z.string()), name: z.string() })
    .check(
      z.describe('`tokenId` is null for whoever holds the installation itself: its files or environment.'),
    ),
  action: z.string().check(z.describe('What was done to what, as `provider.updated`.')),
  target: z.object({ kind: z.string(), id: z.string(), name: z.string() }),
  before: z.unknown().check(z.describe('Null where there was nothing before.')),
  after: z.unknown().check(z.describe('Null where nothing is left.')),
  requestId: z.nullable(z.string()).check(z.describe('Null for what no request did.')),
});
export type AuditRow = z.infer<typeof auditRow>;

export const auditPage = pageOf(auditRow);

/** Filters of `GET /api/audit`; `actor` is a token's id or an actor's name. `from` inclusive, `to` exclusive. */
export const auditQuery = z.strictObject({
  ...pageQuery,
  kind: z.optional(boundedString(1, 64)),
  targetId: z.optional(boundedString(1, 200)),
  action: z.optional(boundedString(1, 64)),
  actor: z.optional(boundedString(1, 200)),
  from: z.optional(queryTime),
  to: z.optional(queryTime),
});
export type AuditQuery = z.infer<typeof auditQuery>;
