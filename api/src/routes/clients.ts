import { clientPage, clientQuery } from '@understudy/shared/contracts/client';
import { rotatedSecret } from '@understudy/shared/contracts/webhook';
import { route } from '../http/route.ts';
import { listClients, rotateClientSecret } from '../services/clients/clients.ts';
import { nameParams } from './parameters.ts';

export const clientRoutes = [
  route({
    id: 'listClients',
    method: 'GET',
    path: '/api/clients',
    summary: 'List clients, newest first; without the scope admin, one’s own only.',
    description: 'A client exists from its first token.',
    access: 'jobs:read',
    query: clientQuery,
    replies: { 200: { description: 'A page of clients.', schema: clientPage } },
    problems: ['invalid_cursor'],
    async handle(ctx, { viewer, query }) {
      return { status: 200, body: await listClients(ctx, { viewer, ...query }) };
    },
  }),
  route({
    id: 'rotateClientSecret',
    method: 'POST',
    path: '/api/clients/:name/webhook-secret',
    summary: 'Make a new secret for what the webhookUrl of a client’s jobs gets, and show it once.',
    description: 'The one before signs beside it for 24 h. Another client’s needs the scope `admin`.',
    access: 'jobs:write',
    params: nameParams,
    replies: { 200: { description: 'The new secret.', schema: rotatedSecret } },
    async handle(ctx, { viewer, requestId, params }) {
      return { status: 200, body: await rotateClientSecret(ctx, { viewer, requestId, ...params }) };
    },
  }),
];
