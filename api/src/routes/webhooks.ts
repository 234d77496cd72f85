import {
  delivery,
  deliveryPage,
  deliveryQuery,
  rotatedSecret,
  webhook,
  webhookCreated,
  webhookInput,
  webhookPage,
  webhookQuery,
  MAX_WEBHOOKS,
} from '@understudy/shared/contracts/webhook';
import { toPreferenceApplied, toWaitSeconds } from '../http/prefer.ts';
import { route, type Reply } from '../http/route.ts';
import {
  deleteWebhook,
  patchWebhook,
  replaceWebhook,
  rotateWebhookSecret,
} from '../services/webhooks/change.ts';
import { createWebhook } from '../services/webhooks/create.ts';
import { listDeliveries, redeliverEvent } from '../services/webhooks/deliveries.ts';
import { getWebhook, listWebhooks } from '../services/webhooks/read.ts';
import { testWebhook } from '../services/webhooks/test.ts';
import type { TaggedWebhook } from '../services/webhooks/to-webhook.ts';
import { deliveryParams, idParams, mergePatchBody } from './parameters.ts';

const path = '/api/webhooks';
const one = (description: string) => ({ description, schema: webhook, headers: ['ETag'] as const });
const toReply = ({ webhook: body, etag }: TaggedWebhook): Reply => ({
  status: 200,
  body,
  headers: { ETag: etag },
});
const OPERATORS =
  '`provider.*`, `budget.reached`, `availability.breached`, `queue.stalled` and `webhook.disabled` need the scope ' +
  '`providers:read` besides; so does moving, switching, testing, removing or giving a new secret to an endpoint that has them, reading its deliveries ' +
  'and redelivering them. ' +
  'Each change is told once, and the same of the same subject not again within 5 min.';

export const webhookRoutes = [
  route({
    id: 'listWebhooks',
    method: 'GET',
    path,
    summary: 'List endpoints of one’s own client, newest first; of every client with the scope admin.',
    access: 'jobs:read',
    query: webhookQuery,
    replies: { 200: { description: 'A page of endpoints.', schema: webhookPage } },
    problems: ['invalid_cursor'],
    async handle(ctx, { viewer, query }) {
      return { status: 200, body: await listWebhooks(ctx, { viewer, ...query }) };
    },
  }),
  route({
    id: 'createWebhook',
    method: 'POST',
    path,
    summary: 'Register an endpoint, which gets every event that it subscribes to.',
    description:
      'Deliveries follow Standard Webhooks (https://www.standardwebhooks.com): signed with the secret in this reply, ' +
      `which is never shown again; at least once, with the same webhook-id on every try. A client has at most ${MAX_WEBHOOKS} endpoints. ${OPERATORS}`,
    access: 'jobs:write',
    body: webhookInput,
    replies: {
      201: {
        description: 'The new endpoint, with its secret.',
        schema: webhookCreated,
        headers: ['ETag', 'Location'],
      },
    },
    async handle(ctx, { viewer, requestId, body: input }) {
      const { webhook: made, etag, secret } = await createWebhook(ctx, { viewer, requestId, input });
      const headers = { ETag: etag, Location: `${path}/${made.id}` };
      return { status: 201, body: { ...made, secret }, headers };
    },
  }),
  route({
    id: 'getWebhook',
    method: 'GET',
    path: `${path}/:id`,
    summary: 'Read an endpoint.',
    access: 'jobs:read',
    params: idParams,
    replies: { 200: one('The endpoint.') },
    async handle(ctx, { viewer, params }) {
      return toReply(await getWebhook(ctx, { viewer, ...params }));
    },
  }),
  route({
    id: 'replaceWebhook',
    method: 'PUT',
    path: `${path}/:id`,
    summary: 'Write an endpoint whole. Its secret stays.',
    description: OPERATORS,
    access: 'jobs:write',
    params: idParams,
    body: webhookInput,
    headers: ['If-Match'],
    replies: { 200: one('The endpoint as it is now.') },
    problems: ['stale'],
    async handle(ctx, { viewer, requestId, params, body: input, header }) {
      const change = { viewer, requestId, ...params, ifMatch: header('If-Match') };
      return toReply(await replaceWebhook(ctx, { ...change, input }));
    },
  }),
  route({
    id: 'patchWebhook',
    method: 'PATCH',
    path: `${path}/:id`,
    summary: 'Change what the patch names (RFC 7396).',
    description: OPERATORS,
    access: 'jobs:write',
    params: idParams,
    body: mergePatchBody,
    example: { enabled: false },
    headers: ['If-Match'],
    replies: { 200: one('The endpoint as it is now.') },
    problems: ['stale'],
    async handle(ctx, { viewer, requestId, params, body: patch, header }) {
      const change = { viewer, requestId, ...params, ifMatch: header('If-Match') };
      return toReply(await patchWebhook(ctx, { ...change, patch }));
    },
  }),
  route({
    id: 'deleteWebhook',
    method: 'DELETE',
    path: `${path}/:id`,
    summary: 'Remove an endpoint. What was still to be delivered to it is given up.',
    description: OPERATORS,
    access: 'jobs:write',
    params: idParams,
    headers: ['If-Match'],
    replies: { 204: { description: 'It is removed.' } },
    problems: ['stale'],
    async handle(ctx, { viewer, requestId, params, header }) {
      await deleteWebhook(ctx, { viewer, requestId, ...params, ifMatch: header('If-Match') });
      return { status: 204 };
    },
  }),
  route({
    id: 'testWebhook',
    method: 'POST',
    path: `${path}/:id/test`,
    summary: 'Send an endpoint a message of type webhook.test, once, also where it is disabled.',
    description: 'Of an endpoint with operators’ events it needs `providers:read` besides.',
    access: 'jobs:write',
    params: idParams,
    headers: ['Prefer'],
    replies: {
      200: {
        description: 'What came of it: it was tried within the wait.',
        schema: delivery,
        headers: ['Preference-Applied'],
      },
      202: { description: 'It is on its way.', schema: delivery, headers: ['Preference-Applied'] },
    },
    waits: true,
    async handle(ctx, { viewer, params, header, signal }) {
      const waitSeconds = toWaitSeconds(header('Prefer'));
      const body = await testWebhook(ctx, { viewer, ...params, waitSeconds, signal });
      const status = body.state === 'pending' ? 202 : 200;
      return { status, body, headers: toPreferenceApplied(waitSeconds) };
    },
  }),
  route({
    id: 'rotateWebhookSecret',
    method: 'POST',
    path: `${path}/:id/rotate-secret`,
    summary: 'Make a new secret and show it once. The one before signs beside it for 24 h.',
    description: OPERATORS,
    access: 'jobs:write',
    params: idParams,
    replies: { 200: { description: 'The new secret.', schema: rotatedSecret } },
    async handle(ctx, { viewer, requestId, params }) {
      return { status: 200, body: await rotateWebhookSecret(ctx, { viewer, requestId, ...params }) };
    },
  }),
  route({
    id: 'listDeliveries',
    method: 'GET',
    path: `${path}/:id/deliveries`,
    summary:
      'List an endpoint’s deliveries, newest first, with every try. They are kept for 30 days, those of a job no longer than the job.',
    description:
      '`state` takes several values with commas. Of an endpoint with operators’ events it needs `providers:read` besides.',
    access: 'jobs:read',
    params: idParams,
    query: deliveryQuery,
    replies: { 200: { description: 'A page of deliveries.', schema: deliveryPage } },
    problems: ['invalid_cursor'],
    async handle(ctx, { viewer, params, query }) {
      return { status: 200, body: await listDeliveries(ctx, { viewer, ...params, query }) };
    },
  }),
  route({
    id: 'redeliver',
    method: 'POST',
    path: `${path}/:id/deliveries/:deliveryId/redeliver`,
    summary: 'Deliver an event again: at once, with the same webhook-id, and from the start of the schedule.',
    description:
      'One that is still pending is brought forward. Of an endpoint with operators’ events, and of such an event, it needs ' +
      '`providers:read` besides.',
    access: 'jobs:write',
    params: deliveryParams,
    replies: { 202: { description: 'It is on its way.', schema: delivery } },
    problems: ['not_retryable'],
    async handle(ctx, { viewer, params }) {
      return { status: 202, body: await redeliverEvent(ctx, { viewer, ...params }) };
    },
  }),
];
