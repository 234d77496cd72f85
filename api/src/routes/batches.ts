import {
  batch,
  batchAccepted,
  batchInput,
  batchInputLine,
  batchPage,
  batchQuery,
  batchResult,
} from '@understudy/shared/contracts/batch';
import { route } from '../http/route.ts';
import { cancelBatch } from '../services/batches/cancel.ts';
import { getBatch } from '../services/batches/get.ts';
import { listBatches } from '../services/batches/list.ts';
import { NDJSON } from '../services/batches/read-items.ts';
import { readResults } from '../services/batches/results.ts';
import { submitBatch } from '../services/batches/submit.ts';
import { idParams } from './parameters.ts';

const MIB = 1_048_576;

export const batchRoutes = [
  route({
    id: 'submitBatch',
    method: 'POST',
    path: '/api/classifications/batch',
    summary: 'Submit up to 10,000 texts at once.',
    description:
      'As JSON (at most 32 MB), or as lines of JSON (at most 64 MB), which are taken as they arrive; there a first ' +
      'line with `defaults` or `atomic` may stand before the items. One item is at most 2 MB, and all of them, with ' +
      'their defaults written out, 256 MB. `defaults` hold for every item that does not have the field itself; an ' +
      'item with a classifier takes no labels, and what goes with labels, from them, and the other way round. Items ' +
      'that are not valid are rejected, the others accepted; with `atomic`, or where none is valid, all are refused. ' +
      'A batch is accepted whole or not at all, also when the connection breaks.',
    access: 'jobs:write',
    upload: {
      'application/json': { schema: batchInput, limit: 32 * MIB },
      [NDJSON]: { schema: batchInputLine, limit: 64 * MIB },
    },
    headers: ['Idempotency-Key'],
    replies: {
      202: {
        description: 'The batch was accepted, now or when its key was used before.',
        schema: batchAccepted,
        headers: ['Location', 'Idempotent-Replayed'],
      },
    },
    problems: ['idempotency_key_reused', 'backlog_full', 'rate_limited'],
    waits: true,
    accepts: true,
    async handle(ctx, { viewer, upload, header, signal }) {
      if (!upload) throw new TypeError('A row with an upload is called with one');
      const idempotencyKey = header('Idempotency-Key');
      const submitted = await submitBatch(ctx, { viewer, upload, idempotencyKey, signal });
      return {
        status: 202,
        body: submitted.batch,
        headers: {
          Location: `/api/batches/${submitted.batch.id}`,
          ...(submitted.replayed ? { 'Idempotent-Replayed': 'true' } : {}),
        },
      };
    },
  }),
  route({
    id: 'listBatches',
    method: 'GET',
    path: '/api/batches',
    summary: 'List batches, newest first.',
    description: 'Counts are those of a few seconds ago; a batch by its id has those of now.',
    access: 'jobs:read',
    query: batchQuery,
    replies: { 200: { description: 'A page of batches.', schema: batchPage } },
    problems: ['invalid_cursor'],
    async handle(ctx, { viewer, query }) {
      return { status: 200, body: await listBatches(ctx, { viewer, query }) };
    },
  }),
  route({
    id: 'getBatch',
    method: 'GET',
    path: '/api/batches/:id',
    summary: 'See how far a batch is.',
    access: 'jobs:read',
    params: idParams,
    replies: { 200: { description: 'The batch.', schema: batch } },
    async handle(ctx, { viewer, params }) {
      return { status: 200, body: await getBatch(ctx, { viewer, id: params.id }) };
    },
  }),
  route({
    id: 'cancelBatch',
    method: 'POST',
    path: '/api/batches/:id/cancel',
    summary: 'Cancel all jobs of a batch that are not final.',
    description: 'Jobs that are final stay as they are; a batch that has finished is given unchanged.',
    access: 'jobs:write',
    params: idParams,
    replies: { 200: { description: 'The batch.', schema: batch } },
    waits: true,
    async handle(ctx, { viewer, requestId, params }) {
      return { status: 200, body: await cancelBatch(ctx, { viewer, requestId, id: params.id }) };
    },
  }),
  route({
    id: 'getBatchResults',
    method: 'GET',
    path: '/api/batches/:id/results',
    summary: 'Read the jobs of a batch, final or not.',
    description: 'One line of JSON a job, in order of input. What a batch still lacks is told by its counts.',
    access: 'jobs:read',
    params: idParams,
    replies: { 200: { description: 'A line for each job.', schema: batchResult, type: NDJSON } },
    waits: true,
    async handle(ctx, { viewer, params }) {
      const chunks = await readResults(ctx, { viewer, id: params.id });
      return { status: 200, stream: { type: NDJSON, chunks } };
    },
  }),
];
