import {
  evaluation,
  evaluationAccepted,
  evaluationInput,
  evaluationPage,
  evaluationQuery,
  evaluationResult,
} from '@understudy/shared/contracts/evaluation';
import { route } from '../http/route.ts';
import { NDJSON } from '../services/batches/read-items.ts';
import { cancelEvaluation } from '../services/evaluations/cancel.ts';
import { getEvaluation } from '../services/evaluations/get.ts';
import { listEvaluations } from '../services/evaluations/list.ts';
import { readEvaluationResults } from '../services/evaluations/results.ts';
import { startEvaluation } from '../services/evaluations/start.ts';
import { idParams, nameParams } from './parameters.ts';

const EVALUATION_BYTES = 8 * 1_048_576;
const PATH = '/api/evaluations/:id';
const one = { 200: { description: 'The evaluation.', schema: evaluation } };

export const evaluationRoutes = [
  route({
    id: 'evaluateClassifier',
    method: 'POST',
    path: '/api/classifiers/:name/evaluate',
    summary: 'Measure how good each provider is at a classifier, by texts whose labels are known.',
    description:
      'Makes a job for every sample at every provider, at most 10,000, all or none. It is of the newest version, which ' +
      'stays the same until it ends. Without `providers`, every one that is enabled is asked. With `multiLabel` a sample ' +
      'may have `labels`, also none. The jobs are jobs like any other, of priority 9: they cost what they cost, have the ' +
      'evaluation’s id as `batchId`, and are not told to webhooks.',
    access: 'jobs:write',
    params: nameParams,
    body: evaluationInput,
    bodyLimit: EVALUATION_BYTES,
    headers: ['Idempotency-Key'],
    replies: {
      202: {
        description: 'The evaluation was accepted, now or when its key was used before.',
        schema: evaluationAccepted,
        headers: ['Location', 'Idempotent-Replayed'],
      },
    },
    problems: ['not_found', 'unknown_provider', 'idempotency_key_reused', 'backlog_full'],
    waits: true,
    accepts: true,
    async handle(ctx, { viewer, requestId, params: { name }, body: input, header, signal }) {
      const idempotencyKey = header('Idempotency-Key');
      const started = await startEvaluation(ctx, { viewer, requestId, name, input, idempotencyKey, signal });
      return {
        status: 202,
        body: started.evaluation,
        headers: {
          Location: `/api/evaluations/${started.evaluation.id}`,
          ...(started.replayed ? { 'Idempotent-Replayed': 'true' } : {}),
        },
      };
    },
  }),
  route({
    id: 'listEvaluations',
    method: 'GET',
    path: '/api/evaluations',
    summary: 'List evaluations, newest first.',
    description: 'Counts are those of a few seconds ago; scores are there once an evaluation has finished.',
    access: 'jobs:read',
    query: evaluationQuery,
    replies: { 200: { description: 'A page of evaluations.', schema: evaluationPage } },
    problems: ['invalid_cursor'],
    async handle(ctx, { viewer, query }) {
      return { status: 200, body: await listEvaluations(ctx, { viewer, query }) };
    },
  }),
  route({
    id: 'getEvaluation',
    method: 'GET',
    path: PATH,
    summary: 'Read how good each provider is, as far as it is known.',
    description:
      'A sample that failed counts as wrong; one that was cancelled, or erased before the end, does not count. An answer ' +
      'with several labels is correct if it is exactly the expected set. Macro F1 is the unweighted mean of F1 over the ' +
      'labels that were expected or answered. Once it has finished, what was found is kept although its jobs expire.',
    access: 'jobs:read',
    params: idParams,
    replies: one,
    problems: ['not_found'],
    waits: true,
    async handle(ctx, { viewer, params }) {
      return { status: 200, body: await getEvaluation(ctx, { viewer, id: params.id }) };
    },
  }),
  route({
    id: 'cancelEvaluation',
    method: 'POST',
    path: `${PATH}/cancel`,
    summary: 'Cancel all jobs of an evaluation that are not final.',
    description: 'What is final stays and is scored; one that has finished is given unchanged.',
    access: 'jobs:write',
    params: idParams,
    replies: one,
    problems: ['not_found'],
    waits: true,
    async handle(ctx, { viewer, requestId, params }) {
      return { status: 200, body: await cancelEvaluation(ctx, { viewer, requestId, id: params.id }) };
    },
  }),
  route({
    id: 'getEvaluationResults',
    method: 'GET',
    path: `${PATH}/results`,
    summary: 'Read each sample at each provider, with what is right for it.',
    description: 'One line of JSON a job, in order of the samples, as long as the jobs are kept.',
    access: 'jobs:read',
    params: idParams,
    replies: { 200: { description: 'A line for each job.', schema: evaluationResult, type: NDJSON } },
    problems: ['not_found'],
    waits: true,
    async handle(ctx, { viewer, params }) {
      const chunks = await readEvaluationResults(ctx, { viewer, id: params.id });
      return { status: 200, stream: { type: NDJSON, chunks } };
    },
  }),
];
