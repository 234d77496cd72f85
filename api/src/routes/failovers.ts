import { drillInput, drillResult } from '@understudy/shared/contracts/drill';
import { failoverPage, failoverQuery } from '@understudy/shared/contracts/failover';
import { route } from '../http/route.ts';
import { listFailovers } from '../services/failovers/list.ts';
import { runDrill } from '../services/failovers/run-drill.ts';

/** The plan's test hook has a path of its own for the same. */
const drill = (id: string, path: string) =>
  route({
    id,
    method: 'POST',
    path,
    summary: 'Run a failover drill: a job of its own, with a fault of choice in front of one provider.',
    description:
      'The fault is put in at the provider’s fetch, so that its real SDK meets it and nothing is sent; the next provider ' +
      'takes over for real. Circuits, limits, health and usage of real traffic see nothing of it; what the take-over ' +
      'cost is kept apart and counts in its budget. At most 15 s.',
    access: 'providers:write',
    body: drillInput,
    replies: { 200: { description: 'What happened, and whether it was in time.', schema: drillResult } },
    problems: ['provider_not_found', 'no_other_provider', 'no_worker'],
    waits: true,
    async handle(ctx, { viewer, requestId, body, signal }) {
      return { status: 200, body: await runDrill(ctx, { viewer, requestId, input: body, signal }) };
    },
  });

export const failoverRoutes = [
  route({
    id: 'listFailovers',
    method: 'GET',
    path: '/api/failovers',
    summary: 'List failovers, newest first: every switch from one provider to the next within a dispatch.',
    description:
      '`provider` is an id or a name, of the one that failed or of the one that was asked next. A provider that was ' +
      'passed over is no failover. Without the scope `admin` only drills and those of the own client’s jobs are seen.',
    access: 'providers:read',
    query: failoverQuery,
    replies: { 200: { description: 'A page of the failover log.', schema: failoverPage } },
    problems: ['invalid_cursor'],
    async handle(ctx, { viewer, query }) {
      return { status: 200, body: await listFailovers(ctx, { viewer, query }) };
    },
  }),
  drill('runFailoverDrill', '/api/providers/failover'),
  drill('runFailoverDrillByHook', '/api/ai/failover'),
];
