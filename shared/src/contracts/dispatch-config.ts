import * as z from 'zod/mini';
import { boundedInt } from './primitives.ts';

const share = z.number().check(z.gte(0), z.lte(1));
const breaker = z.object({
  failureThreshold: z._default(boundedInt(1, 1_000), 5),
  failureRatio: z._default(share, 0.5),
  windowMs: z._default(boundedInt(1_000, 600_000), 30_000),
  openMs: z._default(boundedInt(500, 600_000), 30_000),
  rampMs: z._default(boundedInt(0, 600_000), 30_000),
  invalidOutputThreshold: z._default(boundedInt(1, 1_000), 5),
});
const healthCheck = z.object({
  intervalMs: z._default(boundedInt(1_000, 3_600_000), 30_000),
  deepIntervalMs: z._default(boundedInt(0, 86_400_000), 0),
  timeoutMs: z._default(boundedInt(100, 2_000), 2_000),
  unhealthyAfter: z._default(boundedInt(1, 20), 3),
  healthyAfter: z._default(boundedInt(1, 20), 2),
});
const retention = z.object({
  textDays: z._default(boundedInt(0, 3_650), 30),
  jobDays: z._default(boundedInt(1, 3_650), 90),
  healthDays: z._default(boundedInt(1, 365), 30),
});

/** The whole dispatch configuration; an empty object parses to the defaults. Durations in milliseconds. */
export const dispatchConfig = z.object({
  strategy: z._default(z.enum(['priority', 'latency', 'cost', 'weighted', 'round-robin']), 'priority'),
  paused: z._default(z.boolean(), false),
  failoverEnabled: z._default(z.boolean(), true),
  maxWaitingJobs: z._default(boundedInt(1, 100_000_000), 1_000_000),
  dispatchBudgetMs: z._default(boundedInt(1_000, 600_000), 30_000),
  hedgeAfterMs: z._default(boundedInt(50, 60_000), 2_500),
  hedgeMaxMs: z._default(boundedInt(250, 60_000), 4_000),
  hedgeMaxShare: z._default(share, 0.1),
  defaultDeadlineMs: z._default(boundedInt(1_000, 604_800_000), 86_400_000),
  allowDegraded: z._default(z.boolean(), true),
  degradedAfterMs: z._default(boundedInt(0, 3_600_000), 10_000),
  contentFilterFailover: z._default(z.boolean(), false),
  availabilityTargetMs: z._default(boundedInt(1_000, 3_600_000), 30_000),
  breaker: z.prefault(breaker, {}),
  healthCheck: z.prefault(healthCheck, {}),
  retention: z.prefault(retention, {}),
});
export type DispatchConfig = z.infer<typeof dispatchConfig>;
