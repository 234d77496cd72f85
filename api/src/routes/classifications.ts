import {
  classification,
  classificationCsv,
  classificationInput,
  classificationPage,
  classificationQuery,
  isFinal,
} from '@understudy/shared/contracts/classification';
import { toPreferenceApplied, toWaitSeconds } from '../http/prefer.ts';
import { CSV, toCsvReply, wantsCsv } from '../http/csv.ts';
import { route } from '../http/route.ts';
import { exportClassifications } from '../services/classifications/export.ts';
import { getClassification } from '../services/classifications/get.ts';
import { listClassifications } from '../services/classifications/list.ts';
import { submitClassification } from '../services/classifications/submit.ts';
import { inStoreTime } from '../in-store-time.ts';
import { idParams } from './parameters.ts';

const JOB_BYTES = 2 * 1_048_576;

export const classificationRoutes = [
  route({
    id: 'submitClassification',
    method: 'POST',
    path: '/api/classifications',
    summary: 'Submit a text to be classified.',
    description:
      'Accepted jobs are never lost. A 503 means not confirmed: repeat with the same Idempotency-Key. While ' +
      '`maxWaitingJobs` wait, a 429 `backlog_full` refuses new ones, but not the repeat of one that was accepted. ' +
      'The end of the job is posted to its webhookUrl, signed with the client’s secret.',
    access: 'jobs:write',
    body: classificationInput,
    bodyLimit: JOB_BYTES,
    headers: ['Idempotency-Key', 'Prefer'],
    replies: {
      200: {
        description: 'The finished job: it was finished within the wait, or the key was used before.',
        schema: classification,
        headers: ['Location', 'Preference-Applied', 'Idempotent-Replayed'],
      },
      202: {
        description: 'The job was accepted.',
        schema: classification,
        headers: ['Location', 'Preference-Applied', 'Idempotent-Replayed'],
      },
    },
    problems: ['idempotency_key_reused', 'unknown_classifier', 'unknown_provider', 'backlog_full'],
    waits: true,
    accepts: true,
    async handle(ctx, { viewer, body, header, signal }) {
      const waitSeconds = toWaitSeconds(header('Prefer'));
      const { job, replayed } = await submitClassification(ctx, {
        viewer,
        input: body,
        idempotencyKey: header('Idempotency-Key'),
        waitSeconds,
        signal,
      });
      return {
        status: isFinal(job.state) ? 200 : 202,
        body: job,
        headers: {
          Location: `/api/classifications/${job.id}`,
          ...toPreferenceApplied(waitSeconds),
          ...(replayed ? { 'Idempotent-Replayed': 'true' } : {}),
        },
      };
    },
  }),
  route({
    id: 'listClassifications',
    method: 'GET',
    path: '/api/classifications',
    summary: 'List jobs, newest first.',
    description:
      'Also filters by metadata: `metadata.KEY=value`. `state`, `label` and `include` take several values with ' +
      'commas. `classifier` is a name, or `name@version`. `client` other than one’s own needs the scope admin. With ' +
      '`include` the limit is at most 50. Where few of very many jobs fit, a page may be short, or empty, and have a ' +
      '`nextCursor` all the same: it goes on from there.\n\nWith `Accept: text/csv` the reply is a file (RFC 4180) of up ' +
      'to 100,000 rows; `Understudy-Row-Limit` says how many it may have. One with exactly so many may not be all: the ' +
      "`id` of its last row as `cursor` goes on. A cell that a spreadsheet might take for a formula has a `'` in front; " +
      '`labels` and `metadata` are JSON.',
    access: 'jobs:read',
    query: classificationQuery,
    replies: {
      200: {
        description: 'A page of jobs, or a file of them.',
        schema: classificationPage,
        otherTypes: { [CSV]: classificationCsv },
        headers: ['Content-Disposition', 'Understudy-Row-Limit'],
      },
    },
    problems: ['invalid_cursor'],
    waits: true,
    async handle(ctx, { viewer, query, accepts }) {
      if (!wantsCsv(accepts)) {
        const body = await inStoreTime(listClassifications(ctx, { viewer, query }));
        return { status: 200, body, headers: { Vary: 'Accept' } };
      }
      const { limit, lines } = exportClassifications(ctx, { viewer, query });
      const headers = { 'Understudy-Row-Limit': String(limit) };
      return toCsvReply({ fileName: 'classifications.csv', chunks: lines, headers });
    },
  }),
  route({
    id: 'getClassification',
    method: 'GET',
    path: '/api/classifications/:id',
    summary: 'Read a job, or wait for its answer.',
    access: 'jobs:read',
    params: idParams,
    headers: ['Prefer'],
    replies: {
      200: {
        description: 'The job, final or not.',
        schema: classification,
        headers: ['Preference-Applied'],
      },
    },
    problems: ['job_not_found'],
    waits: true,
    async handle(ctx, { viewer, params, header, signal }) {
      const waitSeconds = toWaitSeconds(header('Prefer'));
      const body = await getClassification(ctx, { viewer, id: params.id, waitSeconds, signal });
      return { status: 200, body, headers: toPreferenceApplied(waitSeconds) };
    },
  }),
];
