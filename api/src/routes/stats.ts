import {
  labelStatsList,
  labelStatsQuery,
  overview,
  providerStatsList,
  statsQuery,
} from '@understudy/shared/contracts/stats';
import { route } from '../http/route.ts';
import { readLabels } from '../services/stats/labels.ts';
import { compareProviders } from '../services/stats/providers.ts';

/** Of both statistics of answers. */
const CORRECTIONS =
  'Corrections count from the moment in which they are made, changed or taken back, with the answer that they are of. What was ' +
  'counted of an answer stays when its job is erased or expires: figures, and the names of labels, which are ' +
  'configuration; nothing that leads to the job.';

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
  route({
    id: 'compareProviders',
    method: 'GET',
    path: '/api/stats/providers',
    summary: 'What each provider did: attempts, answers, errors, latency, cost, confidence and corrections.',
    description:
      'Over the last hour, 24 hours, 7 or 30 days, 24 hours where none is named; a window begins with a whole hour. ' +
      'Attempts are real traffic, without tests, drills and checks. Every provider has a row, a deleted one where it had ' +
      `traffic in the window; who answered most comes first. ${CORRECTIONS}`,
    access: 'providers:read',
    query: statsQuery,
    replies: { 200: { description: 'A row for each provider.', schema: providerStatsList } },
    async handle(ctx, { query }) {
      return { status: 200, body: await compareProviders(ctx, query) };
    },
  }),
  route({
    id: 'readLabelStats',
    method: 'GET',
    path: '/api/stats/labels',
    summary: 'How often each label was answered, by all providers or by one.',
    description:
      'Over the last hour, 24 hours, 7 or 30 days, 24 hours where none is named; a window begins with a whole hour, that of ' +
      'an hour with a whole minute. Labels of one name are one row, whatever classifier or job they are of; the most ' +
      'frequent come first. Where a provider answers more than 500 different labels in a minute, hour or day, the rare ones ' +
      `are counted under \`others\` alone. Counted are the answers of all clients, so whoever has \`providers:read\` reads the names of the labels of all. ${CORRECTIONS}`,
    access: 'providers:read',
    query: labelStatsQuery,
    replies: { 200: { description: 'A row for each label.', schema: labelStatsList } },
    problems: ['provider_not_found'],
    async handle(ctx, { query }) {
      return { status: 200, body: await readLabels(ctx, query) };
    },
  }),
];
