import * as z from 'zod/mini';
import { providerReference } from './classification.ts';
import { boundedString, isoTime, queryBoolean, queryTime } from './primitives.ts';
import { circuitState, healthStatus } from './provider.ts';

/** Attempts at providers that are reached over a network, and those that failed to connect, against the target. */
export const connectivity = <W extends z.ZodMiniType<string>>(window: W) =>
  z.object({
    window,
    attempts: z.int(),
    errors: z.int(),
    ratio: z.nullable(z.number()),
    target: z.number(),
  });
const dailyConnectivity = connectivity(z.literal('24h'));

/** How many of the jobs that count were answered in time, against the target. */
export const availability = <W extends z.ZodMiniType<string>>(window: W) =>
  z.object({
    window,
    accepted: z.int(),
    answered: z
      .int()
      .check(z.describe('In time; also by `local`, while it was the only provider that was enabled.')),
    degraded: z.int().check(z.describe('In time by `local`, where others were to.')),
    ratio: z.nullable(z.number()),
    ratioWithDegraded: z.nullable(z.number()),
    target: z.number(),
  });

export const healthSlot = z.object({ from: isoTime, to: isoTime, status: z.nullable(healthStatus) });
export type HealthSlot = z.infer<typeof healthSlot>;

/**
 * Latest health of one provider. `errorRate` is that of real traffic over five minutes, null without any; `slow` says
 * that it answers, but that more than a tenth of its calls in that time were too late to be waited for.
 */
export const providerHealth = z.object({
  provider: providerReference,
  status: healthStatus,
  circuit: circuitState,
  responseTimeMs: z.nullable(z.number()),
  errorRate: z.nullable(z.number()),
  slow: z.boolean(),
  lastCheckedAt: z.nullable(isoTime),
  errorMessage: z.nullable(z.string()),
  uptime24h: z.nullable(z.number()),
  connectivity: dailyConnectivity,
  slots: z.optional(z.array(healthSlot)),
});
export type ProviderHealth = z.infer<typeof providerHealth>;

/** Query of the health of all; with `slots` each row has 90 slots of equal width over the last 24 hours. */
export const healthSummaryQuery = z.strictObject({ slots: z.optional(queryBoolean) });

export const healthSummary = z.object({
  data: z.array(providerHealth),
  summary: z.object({ healthy: z.int(), degraded: z.int(), down: z.int(), unknown: z.int() }),
  availability: availability(z.literal('30d')),
  connectivity: dailyConnectivity,
});
export type HealthSummary = z.infer<typeof healthSummary>;

/** One provider's health with its checks in the range, oldest first, and 90 slots of equal width over it. */
export const providerHealthDetail = z.object({
  ...providerHealth.shape,
  history: z.array(
    z.object({
      at: isoTime,
      status: healthStatus,
      responseTimeMs: z.nullable(z.number()),
      errorMessage: z.nullable(z.string()),
    }),
  ),
  slots: z.array(healthSlot),
});
export type ProviderHealthDetail = z.infer<typeof providerHealthDetail>;

/** A range of time in a query, `from` inclusive, `to` exclusive; the verb knows the default. */
export const rangeQuery = z.strictObject({ from: z.optional(queryTime), to: z.optional(queryTime) });
export type RangeQuery = z.infer<typeof rangeQuery>;

/** Body of `POST /api/providers/health-check`; no ids means every enabled provider. */
export const healthCheckInput = z.strictObject({
  providerIds: z._default(z.array(boundedString(1, 64)).check(z.maxLength(200)), []),
  deep: z._default(z.boolean(), false),
});
export type HealthCheckInput = z.infer<typeof healthCheckInput>;

export const healthCheckResult = z.object({
  providerId: z.string(),
  status: healthStatus,
  responseTimeMs: z.nullable(z.number()),
  errorMessage: z.nullable(z.string()),
});
export type HealthCheckResult = z.infer<typeof healthCheckResult>;

export const healthCheckAccepted = z.object({
  jobs: z.array(z.object({ providerId: z.string(), jobId: z.string() })),
  results: z.optional(z.array(healthCheckResult)),
});
export type HealthCheckAccepted = z.infer<typeof healthCheckAccepted>;
