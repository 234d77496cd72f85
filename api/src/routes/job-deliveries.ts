import { delivery, deliveryPage, deliveryQuery } from '@understudy/shared/contracts/webhook';
import { route } from '../http/route.ts';
import { listJobDeliveries, redeliverOfJob } from '../services/webhooks/deliveries.ts';
import { deliveryParams, idParams } from './parameters.ts';

const PATH = '/api/classifications/:id/deliveries';

export const jobDeliveryRoutes = [
  route({
    id: 'listJobDeliveries',
    method: 'GET',
    path: PATH,
    summary: 'List what a job has sent to its own webhookUrl, newest first, with every try.',
    description:
      '`state` takes several values with commas. Empty for a job without a `webhookUrl`, or that has not ended. What ' +
      'registered endpoints were told is in their own lists.',
    access: 'jobs:read',
    params: idParams,
    query: deliveryQuery,
    replies: { 200: { description: 'A page of deliveries.', schema: deliveryPage } },
    problems: ['job_not_found', 'invalid_cursor'],
    async handle(ctx, { viewer, params, query }) {
      return { status: 200, body: await listJobDeliveries(ctx, { viewer, ...params, query }) };
    },
  }),
  route({
    id: 'redeliverOfJob',
    method: 'POST',
    path: `${PATH}/:deliveryId/redeliver`,
    summary: 'Tell the end of a job to its webhookUrl again: at once, and with the same webhook-id.',
    description: 'The schedule of tries begins anew. One that is still pending is brought forward.',
    access: 'jobs:write',
    params: deliveryParams,
    replies: { 202: { description: 'It is on its way.', schema: delivery } },
    problems: ['job_not_found', 'not_retryable'],
    async handle(ctx, { viewer, params }) {
      return { status: 202, body: await redeliverOfJob(ctx, { viewer, ...params }) };
    },
  }),
];
