import { dispatchConfigPart, versionedDispatchConfig } from '@understudy/shared/contracts/dispatch-config';
import { route } from '../http/route.ts';
import { getDispatchConfig } from '../services/dispatch-config/get.ts';
import { updateDispatchConfig } from '../services/dispatch-config/update.ts';

const path = '/api/providers/config';
const one = (description: string) => ({
  description,
  schema: versionedDispatchConfig,
  headers: ['ETag'] as const,
});

export const dispatchConfigRoutes = [
  route({
    id: 'getDispatchConfig',
    method: 'GET',
    path,
    summary: 'Read the dispatch configuration. Durations are in milliseconds.',
    access: 'providers:read',
    replies: { 200: one('The whole configuration in force.') },
    async handle(ctx) {
      const { config, etag } = await getDispatchConfig(ctx);
      return { status: 200, body: config, headers: { ETag: etag } };
    },
  }),
  route({
    id: 'updateDispatchConfig',
    method: 'POST',
    path,
    summary: 'Change the dispatch configuration. In force everywhere within a second.',
    description:
      'Takes any part of the configuration, nested too: what is absent stays as it is, and null is refused. ' +
      '`retention` and `maxWaitingJobs` need the scope `admin`.',
    access: 'providers:write',
    body: dispatchConfigPart,
    headers: ['If-Match'],
    replies: { 200: one('The whole configuration as it is now.') },
    problems: ['stale'],
    async handle(ctx, { viewer, requestId, body: part, header }) {
      const change = { viewer, requestId, part, ifMatch: header('If-Match') };
      const { config, etag } = await updateDispatchConfig(ctx, change);
      return { status: 200, body: config, headers: { ETag: etag } };
    },
  }),
];
