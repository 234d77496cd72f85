import { webhookData, webhookMessage } from '@understudy/shared/contracts/webhook-message';
import type { DeliveryType } from '@understudy/shared/contracts/webhook';
import { ALERT_DATA } from './examples/alerts.ts';
import { BATCH } from './examples/batches.ts';
import { JOB } from './examples/classifications.ts';
import { WEBHOOK } from './examples/system.ts';
import type { PathItem } from './types.ts';

const AT = '2026-03-02T09:30:00.640Z';
const { text: _text, ...jobEnd } = JOB;
const failed = {
  ...jobEnd,
  result: null,
  provider: null,
  error: { code: 'deadline_exceeded', message: 'No provider answered before the deadline.' },
};

/** What each type of message says, and an example of its `data`. */
const MESSAGES: Record<DeliveryType, { summary: string; data: Record<string, unknown> }> = {
  'classification.succeeded': { summary: 'A job has its answer.', data: jobEnd },
  'classification.failed': { summary: 'A job failed for good.', data: { ...failed, state: 'failed' } },
  'classification.cancelled': {
    summary: 'A job was cancelled.',
    data: { ...failed, state: 'cancelled', error: { code: 'cancelled', message: 'It was cancelled.' } },
  },
  'batch.finished': { summary: 'Every job of a batch is final.', data: { ...BATCH } },
  'provider.down': { summary: 'A provider is down.', data: ALERT_DATA['provider.down'] },
  'provider.recovered': {
    summary: 'A provider that was down answers again.',
    data: ALERT_DATA['provider.recovered'],
  },
  'provider.flagged': {
    summary: 'A provider needs an operator: its key, its rights or its quota.',
    data: ALERT_DATA['provider.flagged'],
  },
  'budget.reached': {
    summary: 'A provider has spent 80 % or all of its monthly budget.',
    data: ALERT_DATA['budget.reached'],
  },
  'availability.breached': {
    summary: 'Availability fell below its target.',
    data: ALERT_DATA['availability.breached'],
  },
  'queue.stalled': {
    summary: 'The oldest waiting job waits for over five minutes.',
    data: ALERT_DATA['queue.stalled'],
  },
  'webhook.disabled': {
    summary: 'An endpoint was disabled since it does not answer.',
    data: ALERT_DATA['webhook.disabled'],
  },
  'webhook.test': {
    summary: 'Somebody tests an endpoint.',
    data: {
      summary: 'A test of this endpoint; there is nothing to do.',
      webhookId: WEBHOOK.id,
      client: WEBHOOK.client,
    },
  },
};

/** The headers of Standard Webhooks, https://www.standardwebhooks.com. */
const HEADERS: [string, string, string][] = [
  [
    'webhook-id',
    'The same on every try: what was seen before is a repeat.',
    'evt_01KB0XR5S7T9V2W4X6Y8Z0A1B2',
  ],
  ['webhook-timestamp', 'When this try was made, in seconds since 1970.', '1772443800'],
  [
    'webhook-signature',
    '`v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body`; several with spaces between while a secret is replaced.',
    'v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=',
  ],
];

/** The `webhooks` section: each message that an endpoint may be sent. */
export function toWebhooks(): Record<string, PathItem> {
  const types = Object.keys(webhookData) as DeliveryType[];
  return Object.fromEntries(types.map((type) => [type, { post: toMessage(type) }]));
}

function toMessage(type: DeliveryType): NonNullable<PathItem['post']> {
  const { summary, data } = MESSAGES[type];
  return {
    operationId: `onWebhook:${type}`,
    summary,
    tags: ['webhooks'],
    security: [],
    parameters: HEADERS.map(([name, description, example]) => ({
      in: 'header',
      name,
      description,
      required: true,
      example,
      schema: { type: 'string' },
    })),
    requestBody: {
      required: true,
      content: {
        'application/json': {
          schema: webhookMessage(type),
          example: { type, timestamp: AT, data },
        },
      },
    },
    responses: {
      '2XX': { description: 'It was received. What takes longer than 15 s counts as failed.' },
      '410': { description: 'The endpoint is gone: it is disabled.' },
      default: { description: 'It is tried again, over about 24 h.' },
    },
  };
}
