import * as z from 'zod/mini';
import { boundedInt } from './primitives.ts';

const share = () => z.number().check(z.gte(0), z.lte(1));

const breakerFields = {
  failureThreshold: z._default(
    boundedInt(1, 1_000).check(z.describe('Failures within the window that open a circuit.')),
    5,
  ),
  failureRatio: z._default(
    share().check(z.describe('Least share of failures among the calls of the window.')),
    0.5,
  ),
  windowMs: z._default(
    boundedInt(1_000, 600_000).check(z.describe('How far back outcomes are counted.')),
    30_000,
  ),
  openMs: z._default(
    boundedInt(500, 600_000).check(z.describe('How long a circuit stays open before its probe.')),
    30_000,
  ),
  rampMs: z._default(
    boundedInt(0, 600_000).check(
      z.describe('How long traffic grows from 10 % to 100 % after a circuit closed.'),
    ),
    30_000,
  ),
  invalidOutputThreshold: z._default(
    boundedInt(1, 1_000).check(z.describe('Unusable answers within the window that open a circuit.')),
    5,
  ),
};
const healthCheckFields = {
  intervalMs: z._default(
    boundedInt(1_000, 3_600_000).check(z.describe('Between two free checks of a provider.')),
    30_000,
  ),
  deepIntervalMs: z._default(
    boundedInt(0, 86_400_000).check(
      z.describe('Between two checks that classify a text; 0 means on demand only.'),
    ),
    0,
  ),
  timeoutMs: z._default(
    boundedInt(100, 2_000).check(
      z.describe('After this long a check is over; that it took so long is its result.'),
    ),
    2_000,
  ),
  unhealthyAfter: z._default(
    boundedInt(1, 20).check(z.describe('Bad checks in a row until a provider is `down`.')),
    3,
  ),
  healthyAfter: z._default(
    boundedInt(1, 20).check(z.describe('Good checks in a row until a provider is `healthy` again.')),
    2,
  ),
};
const retentionFields = {
  textDays: z._default(
    boundedInt(0, 3_650).check(
      z.describe('How long texts are kept after the end of their job; 0 erases them with it.'),
    ),
    30,
  ),
  jobDays: z._default(
    boundedInt(1, 3_650).check(
      z.describe(
        'How long finished jobs are kept, with their attempts, failovers, deliveries and idempotency keys; batches, ' +
          'and attempts of tests and drills, as well.',
      ),
    ),
    90,
  ),
  healthDays: z._default(boundedInt(1, 365).check(z.describe('How long health checks are kept.')), 30),
};
const fields = {
  strategy: z._default(
    z
      .enum(['priority', 'latency', 'cost', 'weighted', 'round-robin'])
      .check(z.describe('The order in which providers are tried.')),
    'priority',
  ),
  paused: z._default(z.boolean().check(z.describe('Jobs are accepted, but none is dispatched.')), false),
  failoverEnabled: z._default(
    z.boolean().check(z.describe('Without failover only the first provider is asked.')),
    true,
  ),
  maxWaitingJobs: z._default(
    boundedInt(1, 100_000_000).check(z.describe('More waiting jobs than these are not accepted.')),
    1_000_000,
  ),
  dispatchBudgetMs: z._default(
    boundedInt(1_000, 600_000).check(z.describe('Longest pass over the providers.')),
    30_000,
  ),
  hedgeAfterMs: z._default(
    boundedInt(50, 60_000).check(
      z.describe(
        'After this long a second provider is started, while the first has few recent answers to learn from.',
      ),
    ),
    2_500,
  ),
  hedgeMaxMs: z._default(
    boundedInt(250, 60_000).check(z.describe('Longest wait for a hedge that is learned from answers.')),
    4_000,
  ),
  hedgeMaxShare: z._default(
    share().check(z.describe('Most hedges, as a share of a provider’s attempts over a minute.')),
    0.1,
  ),
  defaultDeadlineMs: z._default(
    boundedInt(1_000, 604_800_000).check(z.describe('The deadline of a job that has none of its own.')),
    86_400_000,
  ),
  allowDegraded: z._default(
    z.boolean().check(z.describe('Whether `local` may answer a job that does not say.')),
    true,
  ),
  degradedAfterMs: z._default(
    boundedInt(0, 3_600_000).check(z.describe('How old a job must be before `local` steps in.')),
    10_000,
  ),
  contentFilterFailover: z._default(
    z.boolean().check(z.describe('Whether content that one provider refused goes to the next.')),
    false,
  ),
  availabilityTargetMs: z._default(
    boundedInt(1_000, 3_600_000).check(z.describe('Within this time an answer counts as available.')),
    30_000,
  ),
};

/** The whole dispatch configuration; an empty object parses to the defaults. Durations in milliseconds. */
export const dispatchConfig = z.object({
  ...fields,
  breaker: z.prefault(z.object(breakerFields), {}),
  healthCheck: z.prefault(z.object(healthCheckFields), {}),
  retention: z.prefault(z.object(retentionFields), {}),
});
export type DispatchConfig = z.infer<typeof dispatchConfig>;

/** Body of `POST /api/providers/config`: what is to change, nested too; what is absent stays as it is. */
export const dispatchConfigPart = z.strictObject({
  ...toOptional(fields),
  breaker: z.optional(z.strictObject(toOptional(breakerFields))),
  healthCheck: z.optional(z.strictObject(toOptional(healthCheckFields))),
  retention: z.optional(z.strictObject(toOptional(retentionFields))),
});
export type DispatchConfigPart = z.infer<typeof dispatchConfigPart>;

/** The configuration in force; `version` rises with every change, from 1. */
export const versionedDispatchConfig = z.object({ ...dispatchConfig.shape, version: z.int() });
export type VersionedDispatchConfig = z.infer<typeof versionedDispatchConfig>;

/** The same fields without their defaults, each of which may be absent. */
function toOptional<S extends Record<string, z.ZodMiniDefault>>(shape: S) {
  const entries = Object.entries(shape).map(([key, { def }]) => [key, z.optional(def.innerType)]);
  return Object.fromEntries(entries) as {
    [K in keyof S]: z.ZodMiniOptional<S[K]['def']['innerType']>;
  };
}
