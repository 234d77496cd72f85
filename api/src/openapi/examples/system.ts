import { auditRow } from '@understudy/shared/contracts/audit';
import { client } from '@understudy/shared/contracts/client';
import { session, sessionInput } from '@understudy/shared/contracts/session';
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
import { JOB, MAIN } from './classifications.ts';
import { answered, sent } from './example.ts';

const TOKEN: Token = {
  id: 'tok_01KB0XM3N5P7Q9R2S4T6V8W0X1',
  name: 'the shop’s mail reader',
  client: 'shop',
  scopes: ['jobs:write'],
  createdAt: '2026-02-11T08:00:00.000Z',
  expiresAt: null,
  requestsPerMinute: 600,
  lastUsedAt: '2026-03-02T09:29:00.000Z',
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
const PROVIDER = { name: MAIN.name, type: MAIN.type, enabled: true, hasApiKey: true };
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
  answered(auditRow, {
    id: 'aud_01KB0XS6T8V0W3X5Y7Z9A1B2C4',
    at: '2026-03-01T16:20:00.000Z',
    actor: { tokenId: 'tok_bootstrap', name: 'bootstrap' },
    action: 'provider.updated',
    target: { kind: 'provider', id: MAIN.id, name: MAIN.name },
    before: { ...PROVIDER, priority: 50 },
    after: { ...PROVIDER, priority: 10 },
    requestId: '2b1f6c1e-3f5a-4d0e-9a57-0c8f4f0f7c11',
  }),
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
