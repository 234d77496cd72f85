import * as z from 'zod/mini';
import { attempt, providerReference } from './classification.ts';
import { labels } from './label.ts';
import { boundedString } from './primitives.ts';

/** The faults that a drill can put in front of a provider. */
export const DRILL_FAULTS = [
  'timeout',
  'silent',
  'server_error',
  'rate_limited',
  'unauthenticated',
  'network',
  'invalid_output',
] as const;
export const drillFault = z.enum(DRILL_FAULTS);
export type DrillFault = z.infer<typeof drillFault>;

/** Milliseconds within which a take-over is promised. */
export const DRILL_TARGET_MS = 5_000;

/** Body of `POST /api/providers/failover`; text and labels have a small sample by default. */
export const drillInput = z.strictObject({
  providerId: boundedString(1, 64).check(z.describe('Id or name of the provider that is to be sick.')),
  fault: drillFault,
  text: z._default(boundedString(1, 200_000), 'The parcel came two weeks late and the box was open.'),
  // Beside a transform (`namingFirst`), JSON Schema tells a `prefault` and no `_default`.
  labels: z.prefault(labels, ['praise', 'complaint', 'question']),
});
export type DrillInput = z.infer<typeof drillInput>;

export const drillResult = z.object({
  ok: z.boolean().check(z.describe('Whether the job got a valid answer.')),
  switched: z.boolean().check(z.describe('Whether another provider was called.')),
  switchMs: z
    .nullable(z.int())
    .check(
      z.describe('From the start of the call at the sick provider to the start of the call at the next.'),
    ),
  totalMs: z.int(),
  servedBy: z.nullable(providerReference),
  attempts: z.array(attempt),
  verdict: z.object({ target: z.literal(DRILL_TARGET_MS), met: z.boolean() }),
});
export type DrillResult = z.infer<typeof drillResult>;

/** What a worker finds in a drill, or that there is none to hold; its attempts are on record under its id. */
export type DrillFinding =
  | { kind: 'no_other_provider' }
  | ({ kind: 'ran' } & Omit<DrillResult, 'attempts' | 'verdict'>);
