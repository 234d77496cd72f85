import * as z from 'zod/mini';
import { ALERT_TYPES } from './alert.ts';
import { boundedString, commaList, isoTime, pageOf, pageQuery, storableString } from './primitives.ts';

/** What an endpoint may subscribe to. */
export const CLIENT_EVENTS = [
  'classification.succeeded',
  'classification.failed',
  'classification.cancelled',
  'batch.finished',
] as const;

/** What only an endpoint made with `providers:read` may subscribe to. */
export const OPERATOR_EVENTS = ALERT_TYPES;

export const webhookEvent = z.enum([...CLIENT_EVENTS, ...OPERATOR_EVENTS]);
export type WebhookEvent = z.infer<typeof webhookEvent>;

/** Endpoints that one client may have: each event is written once for each of them. */
export const MAX_WEBHOOKS = 20;

/** What a delivery may be of: an event, or an operator's test. */
export type DeliveryType = WebhookEvent | 'webhook.test';

/** Whether an event is about the service and not about jobs of the endpoint's client. */
export function isOperatorEvent(event: WebhookEvent): boolean {
  return (OPERATOR_EVENTS as readonly string[]).includes(event);
}

/** An address that calls go to; whether it may be called the verb decides, which knows what is private. */
export const webhookUrl = storableString().check(
  z.maxLength(2_000),
  z.refine((value) => /^https?:$/.test(URL.parse(value)?.protocol ?? ''), 'must be an http or https address'),
);

/** Body of `POST` and `PUT`. */
export const webhookInput = z.strictObject({
  url: webhookUrl,
  events: z.array(webhookEvent).check(
    z.minLength(1),
    z.maxLength(50),
    z.refine((events) => new Set(events).size === events.length, 'must not name an event twice'),
  ),
  description: z._default(z.nullable(boundedString(1, 500)), null),
  enabled: z._default(z.boolean(), true),
});
export type WebhookInput = z.infer<typeof webhookInput>;

/** An endpoint. `disabled` says why the service itself switched it off; `failingSince` when its calls began to fail. */
export const webhook = z.object({
  id: z.string(),
  client: z.string(),
  url: z.string(),
  events: z.array(webhookEvent),
  description: z.nullable(z.string()),
  enabled: z.boolean(),
  disabled: z.nullable(z.object({ at: isoTime, reason: z.string() })),
  failingSince: z.nullable(isoTime),
  createdAt: isoTime,
  updatedAt: isoTime,
});
export type Webhook = z.infer<typeof webhook>;

/** The answer to `POST`: the secret that deliveries are signed with, this once. */
export const webhookCreated = z.object({ ...webhook.shape, secret: z.string() });
export type WebhookCreated = z.infer<typeof webhookCreated>;

export const webhookPage = pageOf(webhook);
export const webhookQuery = z.strictObject(pageQuery);

/** A new secret, this once; the one before signs, too, until then. */
export const rotatedSecret = z.object({ secret: z.string(), previousValidUntil: z.nullable(isoTime) });
export type RotatedSecret = z.infer<typeof rotatedSecret>;

export const deliveryState = z.enum(['pending', 'delivered', 'failed']);
export type DeliveryState = z.infer<typeof deliveryState>;

/** One event for one endpoint, with every try at it. `eventId` is the `webhook-id` of every try. */
export const delivery = z.object({
  id: z.string(),
  webhookId: z.nullable(z.string()),
  eventId: z.string(),
  type: z.string(),
  jobId: z.nullable(z.string()),
  state: deliveryState,
  tries: z.array(
    z.object({
      at: isoTime,
      httpStatus: z.nullable(z.int()),
      durationMs: z.nullable(z.int()),
      error: z.nullable(z.string()),
    }),
  ),
  nextTryAt: z.nullable(isoTime),
  createdAt: isoTime,
});
export type Delivery = z.infer<typeof delivery>;

export const deliveryPage = pageOf(delivery);
export const deliveryQuery = z.strictObject({ ...pageQuery, state: z.optional(commaList(deliveryState)) });
export type DeliveryQuery = z.infer<typeof deliveryQuery>;

/** The body of every delivery (https://www.standardwebhooks.com). */
export interface WebhookMessage {
  type: DeliveryType;
  timestamp: string;
  data: Record<string, unknown>;
}
