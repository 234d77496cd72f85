import { bulkAction, bulkResult } from '@understudy/shared/contracts/bulk-action';
import { classification, correctionInput } from '@understudy/shared/contracts/classification';
import { route } from '../http/route.ts';
import { changeInBulk } from '../services/classifications/bulk.ts';
import { cancelClassification } from '../services/classifications/cancel.ts';
import { correctClassification, patchCorrection } from '../services/classifications/correct.ts';
import { eraseClassification } from '../services/classifications/erase.ts';
import { retryClassification } from '../services/classifications/retry.ts';
import { idParams, mergePatchBody } from './parameters.ts';

const PATH = '/api/classifications/:id';
const one = (description: string) => ({ 200: { description, schema: classification } });

export const jobActionRoutes = [
  route({
    id: 'cancelClassification',
    method: 'POST',
    path: `${PATH}/cancel`,
    summary: 'Cancel a job, also one that is being worked on.',
    description:
      'A call to a provider that is under way is ended at once; it may still be billed, so its cost is an estimate. A job ' +
      'that was cancelled before is given as it is.',
    access: 'jobs:write',
    params: idParams,
    replies: one('The cancelled job.'),
    problems: ['job_not_found', 'already_final'],
    async handle(ctx, { viewer, requestId, params: { id } }) {
      return { status: 200, body: await cancelClassification(ctx, { viewer, requestId, id }) };
    },
  }),
  route({
    id: 'retryClassification',
    method: 'POST',
    path: `${PATH}/retry`,
    summary: 'Have a failed or cancelled job tried again.',
    description:
      'Attempts go on numbering, the deadline is as far off as it was at first, and the new end is told by an event of its ' +
      'own. A job whose text was erased, or is not kept any more, cannot be retried.',
    access: 'jobs:write',
    params: idParams,
    replies: one('The job, queued again.'),
    problems: ['job_not_found', 'not_retryable'],
    async handle(ctx, { viewer, requestId, params: { id } }) {
      return { status: 200, body: await retryClassification(ctx, { viewer, requestId, id }) };
    },
  }),
  route({
    id: 'eraseClassification',
    method: 'DELETE',
    path: PATH,
    summary: 'Erase a job: its text and all that was said of it.',
    description:
      'Cancels it first if need be. Text, result, rationale, correction, and the words of errors and attempts are gone for ' +
      'good. The accounts stay: who was asked when, what it cost, and the metadata and labels that it was submitted with; ' +
      'also the statistics, which know its answer as a figure only.',
    access: 'jobs:write',
    params: idParams,
    replies: one('What is left of the job.'),
    problems: ['job_not_found'],
    async handle(ctx, { viewer, requestId, params: { id } }) {
      return { status: 200, body: await eraseClassification(ctx, { viewer, requestId, id }) };
    },
  }),
  route({
    id: 'correctClassification',
    method: 'PUT',
    path: `${PATH}/correction`,
    summary: 'Say what is right for a job.',
    description:
      'Labels of the job: exactly one, or with `multiLabel` any number, also none. The result stays as it was; ' +
      'the statistics of its provider and labels count the correction from now on.',
    access: 'jobs:write',
    params: idParams,
    body: correctionInput,
    replies: one('The job with its correction.'),
    problems: ['job_not_found'],
    async handle(ctx, { viewer, requestId, params: { id }, body: correction }) {
      return { status: 200, body: await correctClassification(ctx, { viewer, requestId, id, correction }) };
    },
  }),
  route({
    id: 'patchCorrection',
    method: 'PATCH',
    path: `${PATH}/correction`,
    summary: 'Change what was said to be right for a job.',
    access: 'jobs:write',
    params: idParams,
    body: mergePatchBody,
    example: { labels: ['bug'] },
    replies: one('The job with its correction.'),
    problems: ['job_not_found'],
    async handle(ctx, { viewer, requestId, params: { id }, body: patch }) {
      return { status: 200, body: await patchCorrection(ctx, { viewer, requestId, id, patch }) };
    },
  }),
  route({
    id: 'uncorrectClassification',
    method: 'DELETE',
    path: `${PATH}/correction`,
    summary: 'Take a correction back.',
    access: 'jobs:write',
    params: idParams,
    replies: one('The job without a correction.'),
    problems: ['job_not_found'],
    async handle(ctx, { viewer, requestId, params: { id } }) {
      const body = await correctClassification(ctx, { viewer, requestId, id, correction: null });
      return { status: 200, body };
    },
  }),
  route({
    id: 'changeClassificationsInBulk',
    method: 'POST',
    path: '/api/classifications/bulk',
    summary: 'Cancel, retry or erase all jobs of a filter.',
    description:
      '`filter` has the keys of the list, `metadata.KEY` too; `state` and `label` take a list, or commas. `{}` means every ' +
      'job of the own client, or of all clients with the scope `admin`; erasing takes it in a dry run only. `matched` counts ' +
      'the jobs that fit the filter and that the action can be done to; `changed`, those that it was done to, none in a dry ' +
      'run. Jobs that are accepted while it runs are left alone. A call works for at most about 20 s: where it did not get ' +
      'to the end, `nextCursor` is not null and both counts are of this call alone. The same call with that `cursor` goes ' +
      'on. Any call is safe to repeat, also after a 503.',
    access: 'jobs:write',
    body: bulkAction,
    replies: { 200: { description: 'What was found and done.', schema: bulkResult } },
    problems: ['invalid_cursor'],
    waits: true,
    accepts: true,
    async handle(ctx, { viewer, requestId, body: input, signal }) {
      return { status: 200, body: await changeInBulk(ctx, { viewer, requestId, input, signal }) };
    },
  }),
];
