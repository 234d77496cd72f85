import type { EvaluationAccepted, EvaluationInput } from '@understudy/shared/contracts/evaluation';
import type { Upload as Sending } from '@understudy/shared/store/batches/receive-batch';
import { toItemId } from '@understudy/shared/store/batches/item-id';
import type { EvaluationFacts } from '@understudy/shared/store/evaluations/facts';
import type { JobDocument } from '@understudy/shared/store/jobs/model';
import { toRoute } from '@understudy/shared/store/jobs/route';
import type { Context } from '../../context.ts';
import type { Change } from '../audit/audit-change.ts';
import { acceptJobs } from '../batches/accept-jobs.ts';
import { breathing } from '../breathing.ts';
import { countWrittenOut } from '../batches/count-written-out.ts';
import { createStaging } from '../batches/staging.ts';
import { toCanonicalJson } from '../classifications/canonical-json.ts';
import { toActionRow } from '../classifications/note-action.ts';
import { toJob } from '../classifications/to-job.ts';
import { toFacts } from './to-facts.ts';

interface StartInput extends Change {
  name: string;
  input: EvaluationInput;
  idempotencyKey: string | undefined;
  signal: AbortSignal;
}

interface Started {
  evaluation: EvaluationAccepted;
  replayed: boolean;
}

/** Last of all: an evaluation never holds up real work. */
const PRIORITY = 9;

/**
 * Starts an evaluation of a classifier's newest version: a job for every sample at every provider, accepted whole or not
 * at all. @throws {NotFoundError} where there is no such classifier; {ValidationError} where a label is not one of its,
 * a provider is not there or disabled, or there would be too many jobs; and as a batch does.
 */
export async function startEvaluation(ctx: Context, start: StartInput): Promise<Started> {
  const { viewer, requestId, name, input, idempotencyKey, signal } = start;
  const body = toCanonicalJson({ evaluate: name, ...input });
  const { batch, staged } = await acceptJobs(ctx, {
    viewer,
    idempotencyKey,
    kind: 'evl',
    signal,
    async receive(sending, mark) {
      mark?.(body);
      const evaluation = await toFacts(ctx, name, input);
      const total = evaluation.sampleCount * evaluation.providers.length;
      await stageSamples(ctx, { client: viewer.client, input, evaluation, sending });
      return { total, rejected: [], evaluation };
    },
    skim: async (mark) => mark?.(body),
    toAuditRow: (id, staged) => toActionRow({ viewer, requestId }, toStarted(id, staged)),
  });
  return { evaluation: { id: batch._id, total: batch.total }, replayed: staged === null };
}

function toStarted(id: string, { total, evaluation }: { total: number; evaluation: EvaluationFacts }) {
  const { classifier, sampleCount: samples } = evaluation;
  const providers = evaluation.providers.map(({ name }) => name);
  const target = { kind: 'evaluation', id, name: classifier.name };
  const after = { version: classifier.version, samples, providers, jobs: total };
  return { action: 'evaluation.started', target, before: null, after };
}

interface StageInput {
  client: string;
  input: EvaluationInput;
  evaluation: EvaluationFacts;
  sending: Sending;
}

async function stageSamples(ctx: Context, { client, input, evaluation, sending }: StageInput) {
  const { batchId } = sending;
  const template = await toTemplate(ctx, client, evaluation);
  const staging = createStaging(ctx, sending);
  const count = countWrittenOut({ mend: 'send fewer samples, or fewer providers at once' });
  const breathe = breathing();
  let index = 0;
  for (const { text } of input.samples) {
    const size = Buffer.byteLength(text);
    for (const { name } of evaluation.providers) {
      const providers = [name];
      const route = toRoute({ providers, allowDegraded: false });
      const job = { ...template, _id: toItemId(batchId, index), batchId, text, providers, route };
      count(size);
      await staging.add(job, size);
      index += 1;
    }
    await breathe();
  }
  await staging.flush();
}

/** What all jobs of an evaluation have in common: a job like any other, of the version that is evaluated. */
async function toTemplate(
  ctx: Context,
  client: string,
  { classifier, providers }: EvaluationFacts,
): Promise<JobDocument> {
  const job = await toJob(ctx, {
    id: '',
    client,
    input: {
      text: '-',
      classifier: { name: classifier.name, version: classifier.version },
      explain: false,
      priority: PRIORITY,
      providers: providers.slice(0, 1).map(({ name }) => name),
      allowDegraded: false,
      metadata: {},
    },
    createdAt: new Date(ctx.clock.now()),
    isOneOfMany: true,
  });
  return { ...job, classifier, customId: null };
}
