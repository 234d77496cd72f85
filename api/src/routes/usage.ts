import * as z from 'zod';
import {
  fleetUsage,
  fleetUsageQuery,
  providerUsage,
  usageQuery,
  type FleetUsageQuery,
} from '@understudy/shared/contracts/usage';
import type { Context } from '../context.ts';
import { CSV, CSV_STREAM } from '../http/csv.ts';
import { route, type Reply } from '../http/route.ts';
import type { Viewer } from '../http/viewer.ts';
import { exportUsage } from '../services/usage/export.ts';
import { readFleetUsage, readUsageOf } from '../services/usage/read.ts';
import { idOrNameParams } from './parameters.ts';

const RANGE =
  'The last 24 hours where no range is given; by the hour at most 416 days, by the day (UTC) at most 27 years. `from` is ' +
  'taken back to the start of its hour, and the last hour counts whole. Percentiles are within 2 % over any range. An ' +
  'attempt counts in the hour in which it was settled. `byClient` names the own client only without the scope `admin`, ' +
  'and so does `client`. By `Accept: text/csv` a row per hour or day, provider, model, client and purpose, tests, drills ' +
  "and deep checks among them; a cell that would be a formula gets a leading `'`.";

async function toCsvReply(ctx: Context, input: { viewer: Viewer; query: FleetUsageQuery }): Promise<Reply> {
  const { fileName, chunks } = await exportUsage(ctx, input);
  const disposition = `attachment; filename="${fileName}"`;
  return {
    status: 200,
    stream: { type: CSV_STREAM, chunks },
    headers: { 'Content-Disposition': disposition, Vary: 'Accept' },
  };
}

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
        otherTypes: { [CSV]: z.string() },
      },
    },
    problems: ['provider_not_found'],
    waits: true,
    async handle(ctx, { viewer, query, accepts }) {
      if (accepts(['application/json', CSV]) === CSV) return toCsvReply(ctx, { viewer, query });
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
        otherTypes: { [CSV]: z.string() },
      },
    },
    problems: ['provider_not_found'],
    waits: true,
    async handle(ctx, { viewer, params: { id }, query, accepts }) {
      if (accepts(['application/json', CSV]) === CSV)
        return toCsvReply(ctx, { viewer, query: { ...query, provider: id } });
      const body = await readUsageOf(ctx, { viewer, idOrName: id, query });
      return { status: 200, body, headers: { Vary: 'Accept' } };
    },
  }),
];
