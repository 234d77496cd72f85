import {
  healthCheckAccepted,
  healthCheckInput,
  healthSummary,
  healthSummaryQuery,
  providerHealthDetail,
  rangeQuery,
} from '@understudy/shared/contracts/health';
import { toPreferenceApplied, toWaitSeconds } from '../http/prefer.ts';
import { route } from '../http/route.ts';
import { checkHealth } from '../services/providers/check-health.ts';
import { readHealth, readHealthOf } from '../services/providers/health.ts';
import { idOrNameParams } from './parameters.ts';

/** The same at two paths. */
const summaryAt = (id: string, path: string) =>
  route({
    id,
    method: 'GET',
    path,
    summary: 'Latest health of every provider, and availability and connectivity against their targets.',
    description:
      'With `slots=true` each provider also has its last 24 hours in 90 slots of 16 minutes, each with its worst status, null where there was no check.',
    access: 'providers:read',
    query: healthSummaryQuery,
    replies: { 200: { description: 'The health.', schema: healthSummary } },
    async handle(ctx, { query }) {
      return { status: 200, body: await readHealth(ctx, query) };
    },
  });

export const providerHealthRoutes = [
  summaryAt('getHealth', '/api/providers/health'),
  summaryAt('getStatus', '/api/providers/status'),
  route({
    id: 'getProviderHealth',
    method: 'GET',
    path: '/api/providers/:id/health',
    summary: 'Health of one provider with its checks, the last 24 hours where no range is given.',
    access: 'providers:read',
    params: idOrNameParams,
    query: rangeQuery,
    replies: { 200: { description: 'The health.', schema: providerHealthDetail } },
    problems: ['provider_not_found'],
    async handle(ctx, { params, query }) {
      return { status: 200, body: await readHealthOf(ctx, { idOrName: params.id, range: query }) };
    },
  }),
  route({
    id: 'checkHealth',
    method: 'POST',
    path: '/api/providers/health-check',
    summary: 'Have workers check providers now: those named, or every one that is enabled.',
    access: 'providers:write',
    body: healthCheckInput,
    bodyOptional: true,
    headers: ['Prefer'],
    replies: {
      200: {
        description: 'Every check came back within the wait.',
        schema: healthCheckAccepted,
        headers: ['Preference-Applied'],
      },
      202: {
        description: 'The checks are queued; with a wait, the results that came back in it.',
        schema: healthCheckAccepted,
        headers: ['Preference-Applied'],
      },
    },
    problems: ['unknown_provider', 'no_worker'],
    waits: true,
    async handle(ctx, { body: input, header, signal }) {
      const waitSeconds = toWaitSeconds(header('Prefer'));
      const body = await checkHealth(ctx, { ...input, waitSeconds, signal });
      const complete = body.results !== undefined && body.results.length === body.jobs.length;
      return { status: complete ? 200 : 202, body, headers: toPreferenceApplied(waitSeconds) };
    },
  }),
];
