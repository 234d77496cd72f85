import * as z from 'zod/mini';
import { isoTime, pageOf, pageQuery, queryBoolean, usd } from './primitives.ts';
import { healthStatus, providerFlag } from './provider.ts';

/** What operators are told of: changes that somebody may have to see to. */
export const ALERT_TYPES = [
  'provider.down',
  'provider.recovered',
  'provider.flagged',
  'budget.reached',
  'availability.breached',
  'queue.stalled',
  'webhook.disabled',
] as const;
export const alertType = z.enum(ALERT_TYPES);
export type AlertType = z.infer<typeof alertType>;

const common = {
  summary: z.string().check(z.describe('What happened, in one sentence with the figures.')),
  url: z.string().check(z.describe('The page of the console that shows it.')),
};
const ofProvider = { ...common, providerId: z.string(), name: z.string() };

/** Ratios are of the service's own definition, as `availability` has them elsewhere. */
const breach = z.object({
  ...common,
  window: z.enum(['1h', '30d']),
  accepted: z.int(),
  answered: z.int(),
  degraded: z.int(),
  missed: z
    .int()
    .check(
      z.describe('Jobs without an answer in time, with those that `local` answered where others were to.'),
    ),
  ratio: z.number(),
  target: z.number(),
  targetMs: z.int(),
});

/** What each type of alert says: `data` of its webhook, and of its row in the list. */
export const alertData = {
  'provider.down': z.object({
    ...ofProvider,
    status: z.literal('down'),
    errorMessage: z.nullable(z.string()),
    checkedAt: isoTime,
    providersLeft: z.int().check(z.describe('Other enabled providers, but for `local`, that are not down.')),
  }),
  'provider.recovered': z.object({
    ...ofProvider,
    status: healthStatus,
    responseTimeMs: z.nullable(z.number()),
    downSince: isoTime,
    downForMs: z.int(),
  }),
  'provider.flagged': z.object({
    ...ofProvider,
    reason: providerFlag,
    message: z.string(),
    flaggedAt: isoTime,
  }),
  'budget.reached': z.object({
    ...ofProvider,
    percent: z.union([z.literal(80), z.literal(100)]).check(z.describe('The mark that was reached.')),
    month: z.string().check(z.describe('In UTC, such as 2026-11.')),
    limitUsd: usd,
    spentUsd: usd,
  }),
  'availability.breached': breach,
  'queue.stalled': z.object({
    ...common,
    oldestJobId: z.string(),
    oldestWaitingMs: z.int(),
    waiting: z.int().check(z.describe('Jobs that wait in all, counted up to a million.')),
  }),
  'webhook.disabled': z.object({
    ...common,
    webhookId: z.string(),
    client: z.string(),
    host: z.string(),
    reason: z.string(),
  }),
} as const satisfies Record<AlertType, z.ZodMiniType>;
export type AlertData<T extends AlertType = AlertType> = z.infer<(typeof alertData)[T]>;

const row = <T extends AlertType>(type: T) =>
  z.object({
    id: z.string().check(z.describe('Also the `webhook-id` under which it was told.')),
    type: z.literal(type),
    at: isoTime,
    endedAt: z.nullable(isoTime).check(z.describe('When it was over; null while it lasts.')),
    data: alertData[type],
  });

/** One alert. It lasts until what it tells of is over; a recovery is over at once. */
export const alert = z.discriminatedUnion('type', [
  row('provider.down'),
  row('provider.recovered'),
  row('provider.flagged'),
  row('budget.reached'),
  row('availability.breached'),
  row('queue.stalled'),
  row('webhook.disabled'),
]);
export type Alert = z.infer<typeof alert>;

export const alertPage = pageOf(alert);

/** Query of `GET /api/alerts`: `open=true` gives only what lasts, `open=false` only what is over. */
export const alertQuery = z.strictObject({
  ...pageQuery,
  open: z.optional(queryBoolean),
  type: z.optional(alertType),
});
export type AlertQuery = z.infer<typeof alertQuery>;
