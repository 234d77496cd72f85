import { tokenCreated, tokenInput, tokenPage, tokenQuery } from '@understudy/shared/contracts/token';
import { route } from '../http/route.ts';
import { createToken, listTokens, revokeToken } from '../services/tokens/tokens.ts';
import { idParams } from './parameters.ts';

export const tokenRoutes = [
  route({
    id: 'listTokens',
    method: 'GET',
    path: '/api/tokens',
    summary: 'List tokens, newest first, without their values.',
    access: 'admin',
    query: tokenQuery,
    replies: { 200: { description: 'A page of tokens.', schema: tokenPage } },
    problems: ['invalid_cursor'],
    async handle(ctx, { query }) {
      return { status: 200, body: await listTokens(ctx, query) };
    },
  }),
  route({
    id: 'createToken',
    method: 'POST',
    path: '/api/tokens',
    summary: 'Make a token. Its value is shown in this reply and never again.',
    access: 'admin',
    body: tokenInput,
    replies: { 201: { description: 'The token, with its value.', schema: tokenCreated } },
    async handle(ctx, { viewer, requestId, body }) {
      return { status: 201, body: await createToken(ctx, { viewer, requestId, input: body }) };
    },
  }),
  route({
    id: 'revokeToken',
    method: 'DELETE',
    path: '/api/tokens/:id',
    summary: 'Revoke a token: it is refused everywhere within a second, and its sessions end.',
    access: 'admin',
    params: idParams,
    replies: { 204: { description: 'It is revoked.' } },
    problems: ['not_found'],
    async handle(ctx, { viewer, requestId, params }) {
      await revokeToken(ctx, { viewer, requestId, id: params.id });
      return { status: 204 };
    },
  }),
];
