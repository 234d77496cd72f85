import { client } from '@understudy/shared/contracts/client';
import { session, sessionInput } from '@understudy/shared/contracts/session';
import { overview } from '@understudy/shared/contracts/stats';
import { liveness, openApiDocument, readiness } from '@understudy/shared/contracts/system';
import { token, tokenCreated, tokenInput, type Token } from '@understudy/shared/contracts/token';
import {
  delivery,
  rotatedSecret,
  webhook,
  webhookCreated,
  webhookInput,
  type Webhook,
} from '@understudy/shared/contracts/webhook';
import { VERSION } from '@understudy/shared/version';
import { JOB } from './classifications.ts';
import { answered, sent } from './example.ts';

const TOKEN: Token = {
  id: 'tok_01KB0XM3N5P7Q9R2S4T6V8W0X1',
  name: 'the shop’s mail reader',
  client: 'shop',
  scopes: ['jobs:write'],
  createdAt: '2026-02-11T08:00:00.000Z',
  expiresAt: null,
  requestsPerMinute: 600,
};
export const WEBHOOK: Webhook = {
  id: 'whk_01KB0XP4Q6R8S0T1V3W5X7Y9Z2',
  client: 'default',
  url: 'https://shop.example.com/hooks/understudy',
  events: ['classification.succeeded', 'classification.failed'],
  description: 'Tickets',
  enabled: true,
  disabled: null,
  failingSince: null,
  createdAt: '2026-02-11T08:00:00.000Z',
  updatedAt: '2026-02-11T08:00:00.000Z',
};
/** Made for this page; it signs nothing. */
const SECRET = 'whsec_ZXhhbXBsZSBzZWNyZXQsIHNpZ25zIG5vdGhpbmc=';

export const accessExamples = [
  sent(sessionInput, { token: 'ust_your-token' }),
  answered(session, { name: 'admin', client: 'default', scopes: ['admin'], expiresAt: null }),
  sent(tokenInput, {
    name: TOKEN.name,
    client: TOKEN.client,
    scopes: ['jobs:write'],
    requestsPerMinute: 600,
  }),
  answered(token, TOKEN),
  answered(tokenCreated, { ...TOKEN, token: 'ust_shown-this-once' }),
  answered(client, { name: 'shop', createdAt: '2026-02-11T08:00:00.000Z' }),
  answered(liveness, { status: 'ok' }),
  answered(openApiDocument, { openapi: '3.1.0', info: { title: 'Understudy', version: VERSION }, paths: {} }),
  answered(readiness, { status: 'ready', stores: { mongodb: 'up', redis: 'up' } }),
];

export const webhookExamples = [
  sent(webhookInput, { url: WEBHOOK.url, events: WEBHOOK.events, description: WEBHOOK.description }),
  answered(webhook, WEBHOOK),
  answered(webhookCreated, { ...WEBHOOK, secret: SECRET }),
  answered(rotatedSecret, { secret: SECRET, previousValidUntil: '2026-03-03T09:30:00.000Z' }),
  answered(delivery, {
    id: 'dlv_01KB0XR5S7T9V2W4X6Y8Z0A1B3',
    webhookId: WEBHOOK.id,
    eventId: 'evt_01KB0XR5S7T9V2W4X6Y8Z0A1B2',
    type: 'classification.succeeded',
    jobId: JOB.id,
    state: 'delivered',
    tries: [{ at: '2026-03-02T09:30:00.702Z', httpStatus: 204, durationMs: 31, error: null }],
    nextTryAt: null,
    createdAt: '2026-03-02T09:30:00.650Z',
  }),
];

export const statsExamples = [
  answered(overview, {
    window: '24h',
    jobs: { queued: 3, processing: 2, deferred: 0, succeeded: 5_180, failed: 4, cancelled: 1 },
    submittedPerMinute: 3.6,
    finishedPerMinute: 3.6,
    queueWait: { p50Ms: 12, p95Ms: 48 },
    answer: { p50Ms: 640, p95Ms: 1_310 },
    availability: {
      window: '24h',
      accepted: 5_185,
      answered: 5_180,
      degraded: 0,
      ratio: 0.99904,
      ratioWithDegraded: 0.99904,
      target: 0.999,
    },
    connectivity: { window: '24h', attempts: 5_210, errors: 4, ratio: 0.00077, target: 0.01 },
    spend: { costUsd: 0.2996, pricing: 'priced' },
    queue: { waiting: 3, active: 2, deferred: 0, oldestWaitingMs: 41 },
    workers: [
      {
        id: 'worker-1:4711:9f2c1b',
        startedAt: '2026-03-01T06:00:00.000Z',
        lastSeenAt: '2026-03-02T09:30:00.000Z',
        active: 2,
        concurrency: 32,
      },
    ],
  }),
];
