import {
  fleetUsage,
  fleetUsageQuery,
  providerUsage,
  usageCsv,
  usageQuery,
} from '@understudy/shared/contracts/usage';
import { CSV, toCsvReply, wantsCsv } from '../http/csv.ts';
import { route } from '../http/route.ts';
import { exportUsage } from '../services/usage/export.ts';
import { readFleetUsage, readUsageOf } from '../services/usage/read.ts';
import { idOrNameParams } from './parameters.ts';

const RANGE =
  'The last 24 hours where no range is given; by the hour at most 416 days, by the day (UTC) at most 27 years. `from` is ' +
  'taken back to the start of its hour, and the last hour counts whole. Percentiles are within 2 % over any range. An ' +
  'attempt counts in the hour in which it was settled. `byClient` names the own client only without the scope `admin`, ' +
  'and so does `client`. By `Accept: text/csv` a row per hour or day, provider, model, client and purpose, tests, drills ' +
  "and deep checks among them; a cell that would be a formula gets a leading `'`.";

/** What both rows say of usage as a file. */
const asCsv = {
  otherTypes: { [CSV]: usageCsv },
  headers: ['Content-Disposition'],
} as const;

export const usageRoutes = [
  route({
    id: 'getUsage',
    method: 'GET',
    path: '/api/usage',
    summary:
      'What all providers were used for and what it cost: in all, over time, by provider, model and client.',
    description: `Deleted providers count. ${RANGE}`,
    access: 'providers:read',
    query: fleetUsageQuery,
    replies: {
      200: {
        description: 'Totals, a row per hour or day, and the parts.',
        schema: fleetUsage,
        ...asCsv,
      },
    },
    problems: ['provider_not_found'],
    waits: true,
    async handle(ctx, { viewer, query, accepts }) {
      if (wantsCsv(accepts)) return toCsvReply(await exportUsage(ctx, { viewer, query }));
      return { status: 200, body: await readFleetUsage(ctx, { viewer, query }), headers: { Vary: 'Accept' } };
    },
  }),
  route({
    id: 'getProviderUsage',
    method: 'GET',
    path: '/api/providers/:id/usage',
    summary: 'What a provider was used for and what it cost: in all, over time, by model and client.',
    description: RANGE,
    access: 'providers:read',
    params: idOrNameParams,
    query: usageQuery,
    replies: {
      200: {
        description: 'Totals, a row per hour or day, and the parts.',
        schema: providerUsage,
        ...asCsv,
      },
    },
    problems: ['provider_not_found'],
    waits: true,
    async handle(ctx, { viewer, params: { id }, query, accepts }) {
      if (wantsCsv(accepts)) {
        return toCsvReply(await exportUsage(ctx, { viewer, query: { ...query, provider: id } }));
      }
      const body = await readUsageOf(ctx, { viewer, idOrName: id, query });
      return { status: 200, body, headers: { Vary: 'Accept' } };
    },
  }),
];
