import {
  provider,
  providerInput,
  providerPage,
  providerQuery,
  providerTestResult,
} from '@understudy/shared/contracts/provider';
import { repriceInput, repriceResult } from '@understudy/shared/contracts/reprice';
import { route, type Reply } from '../http/route.ts';
import {
  deleteProvider,
  patchProvider,
  replaceProvider,
  resetProvider,
} from '../services/providers/change.ts';
import { repriceAttempts } from '../services/providers/reprice.ts';
import { createProvider } from '../services/providers/create.ts';
import { getProvider, type TaggedProvider } from '../services/providers/get.ts';
import { listProviders } from '../services/providers/list.ts';
import { testProvider, testUnsavedProvider } from '../services/providers/test.ts';
import { idOrNameParams, mergePatchBody } from './parameters.ts';

const one = (description: string) => ({ description, schema: provider, headers: ['ETag'] as const });
export const added = {
  description: 'The new provider.',
  schema: provider,
  headers: ['ETag', 'Location'] as const,
};

/** A provider with its tag, and where it is new its place. */
export function toProviderReply(status: number, { provider: body, etag }: TaggedProvider): Reply {
  const location = status === 201 ? { Location: `/api/providers/${body.id}` } : {};
  return { status, body, headers: { ETag: etag, ...location } };
}

export const providerRoutes = [
  route({
    id: 'listProviders',
    method: 'GET',
    path: '/api/providers',
    summary: 'List providers, newest first.',
    access: 'providers:read',
    query: providerQuery,
    replies: { 200: { description: 'A page of providers.', schema: providerPage } },
    problems: ['invalid_cursor'],
    async handle(ctx, { query }) {
      return { status: 200, body: await listProviders(ctx, query) };
    },
  }),
  route({
    id: 'createProvider',
    method: 'POST',
    path: '/api/providers',
    summary: 'Add a provider. Its key is stored encrypted and never shown again.',
    access: 'providers:write',
    body: providerInput,
    replies: { 201: added },
    problems: ['provider_name_taken'],
    async handle(ctx, { viewer, requestId, body }) {
      return toProviderReply(201, await createProvider(ctx, { viewer, requestId, input: body }));
    },
  }),
  route({
    id: 'getProvider',
    method: 'GET',
    path: '/api/providers/:id',
    summary: 'Read a provider.',
    access: 'providers:read',
    params: idOrNameParams,
    replies: { 200: one('The provider.') },
    problems: ['provider_not_found'],
    async handle(ctx, { params }) {
      return toProviderReply(200, await getProvider(ctx, params.id));
    },
  }),
  route({
    id: 'replaceProvider',
    method: 'PUT',
    path: '/api/providers/:id',
    summary: 'Write a provider whole. An absent apiKey keeps the stored one, null removes it.',
    description: 'A stored key stays with its address: when type or baseUrl changes it must be given again.',
    access: 'providers:write',
    params: idOrNameParams,
    body: providerInput,
    headers: ['If-Match'],
    replies: { 200: one('The provider as it is now.') },
    problems: ['provider_not_found', 'provider_name_taken', 'stale'],
    async handle(ctx, { viewer, requestId, params, body: input, header }) {
      const change = { viewer, requestId, idOrName: params.id, ifMatch: header('If-Match') };
      return toProviderReply(200, await replaceProvider(ctx, { ...change, input }));
    },
  }),
  route({
    id: 'patchProvider',
    method: 'PATCH',
    path: '/api/providers/:id',
    summary: 'Change what the patch names (RFC 7396), nested too. A null apiKey removes the stored one.',
    access: 'providers:write',
    params: idOrNameParams,
    body: mergePatchBody,
    example: { priority: 10, configuration: { timeoutMs: 5_000 } },
    headers: ['If-Match'],
    replies: { 200: one('The provider as it is now.') },
    problems: ['provider_not_found', 'provider_name_taken', 'stale'],
    async handle(ctx, { viewer, requestId, params, body: patch, header }) {
      const change = { viewer, requestId, idOrName: params.id, ifMatch: header('If-Match') };
      return toProviderReply(200, await patchProvider(ctx, { ...change, patch }));
    },
  }),
  route({
    id: 'deleteProvider',
    method: 'DELETE',
    path: '/api/providers/:id',
    summary: 'Remove a provider. Its usage and health stay readable by its id.',
    access: 'providers:write',
    params: idOrNameParams,
    headers: ['If-Match'],
    replies: { 204: { description: 'It is removed, and so is its key.' } },
    problems: ['provider_not_found', 'stale'],
    async handle(ctx, { viewer, requestId, params, header }) {
      const ifMatch = header('If-Match');
      await deleteProvider(ctx, { viewer, requestId, idOrName: params.id, ifMatch });
      return { status: 204 };
    },
  }),
  route({
    id: 'resetProvider',
    method: 'POST',
    path: '/api/providers/:id/reset',
    summary:
      'Close its circuit, end its cooldown and ramp, and take its flag away, in the whole fleet within 1 s.',
    access: 'providers:write',
    params: idOrNameParams,
    replies: { 200: one('The provider as it is now; its circuit follows within a second.') },
    problems: ['provider_not_found'],
    async handle(ctx, { viewer, requestId, params }) {
      return toProviderReply(200, await resetProvider(ctx, { viewer, requestId, idOrName: params.id }));
    },
  }),
  route({
    id: 'testUnsavedProvider',
    method: 'POST',
    path: '/api/providers/test',
    summary: 'Have a worker call a provider that is not saved, as one that is. At most 5 s.',
    description:
      'Takes the body of a POST; its name may be taken. Only the key in the body is used, never a stored one. ' +
      'What the test costs is in the reply only, since there is no provider to count it for.',
    access: 'providers:write',
    body: providerInput,
    replies: { 200: { description: 'What the test found, good or bad.', schema: providerTestResult } },
    problems: ['no_worker'],
    waits: true,
    async handle(ctx, { body, signal }) {
      return { status: 200, body: await testUnsavedProvider(ctx, { input: body, signal }) };
    },
  }),
  route({
    id: 'repriceProvider',
    method: 'POST',
    path: '/api/providers/:id/reprice',
    summary: 'Price what a provider was asked for again, by its present `configuration.price`.',
    description:
      'A new price counts for calls made after it; this applies it to those that were settled in a range, unpriced ones ' +
      'too, in attempts, usage, jobs and what the month’s budget has spent, all in one transaction a step. It only tells ' +
      'what would change unless `dryRun` is false. Estimates stay, since nobody knows their tokens. An attempt keeps how ' +
      'it was priced at first as `repriced`. What retention has removed stays as it was counted. Safe to repeat; what a ' +
      'call had no time for (20 s) is behind `nextCursor`.',
    access: 'providers:write',
    params: idOrNameParams,
    body: repriceInput,
    replies: { 200: { description: 'What changed, or would.', schema: repriceResult } },
    problems: ['provider_not_found', 'invalid_cursor'],
    waits: true,
    async handle(ctx, { viewer, requestId, params, body: input, signal }) {
      const call = { viewer, requestId, idOrName: params.id, input, signal };
      return { status: 200, body: await repriceAttempts(ctx, call) };
    },
  }),
  route({
    id: 'testProvider',
    method: 'POST',
    path: '/api/providers/:id/test',
    summary: 'Have a worker call the provider now, apart from real traffic. At most 5 s.',
    access: 'providers:write',
    params: idOrNameParams,
    replies: { 200: { description: 'What the test found, good or bad.', schema: providerTestResult } },
    problems: ['provider_not_found', 'no_worker'],
    waits: true,
    async handle(ctx, { params, signal }) {
      return { status: 200, body: await testProvider(ctx, { idOrName: params.id, signal }) };
    },
  }),
];
