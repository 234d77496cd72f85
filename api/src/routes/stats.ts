import { overview, statsQuery } from '@understudy/shared/contracts/stats';
import { route } from '../http/route.ts';

export const statsRoutes = [
  route({
    id: 'getOverview',
    method: 'GET',
    path: '/api/stats/overview',
    summary:
      'The service at a glance: jobs, waiting and answer times, availability, spend, queue and workers.',
    description:
      'Over the last hour, 24 hours, 7 or 30 days, 24 hours where none is named. Longer windows begin with a whole hour, ' +
      'and so do availability, connectivity and spend of each. What is said of a window may be a 50,000th of it old (1.7 s of a day). What is said of the queue and of ' +
      'the workers is of now.',
    access: 'providers:read',
    query: statsQuery,
    replies: { 200: { description: 'The overview.', schema: overview } },
    async handle(ctx, { query }) {
      return { status: 200, body: await ctx.overview.read(query.window) };
    },
  }),
];
