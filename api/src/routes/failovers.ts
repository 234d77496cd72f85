import { failoverPage, failoverQuery } from '@understudy/shared/contracts/failover';
import { route } from '../http/route.ts';
import { listFailovers } from '../services/failovers/list.ts';

export const failoverRoutes = [
  route({
    id: 'listFailovers',
    method: 'GET',
    path: '/api/failovers',
    summary: 'List failovers, newest first: every switch from one provider to the next within a dispatch.',
    description:
      '`provider` is an id or a name, of the one that failed or of the one that was asked next. A provider that was ' +
      'passed over is no failover. Without the scope `admin` only those of the own client’s jobs are seen.',
    access: 'providers:read',
    query: failoverQuery,
    replies: { 200: { description: 'A page of the failover log.', schema: failoverPage } },
    problems: ['invalid_cursor'],
    async handle(ctx, { viewer, query }) {
      return { status: 200, body: await listFailovers(ctx, { viewer, query }) };
    },
  }),
];
