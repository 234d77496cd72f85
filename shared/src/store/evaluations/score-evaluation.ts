import { toItemIndex, toItemRange } from '../batches/item-id.ts';
import type { Bounded } from '../bounded.ts';
import type { Store } from '../connect.ts';
import { toNative } from '../define-model.ts';
import type { JobDocument } from '../jobs/model.ts';
import type { EvaluationFacts, EvaluationScores } from './facts.ts';
import { scoreProvider, type SampleOutcome } from './score-provider.ts';

export interface EvaluatedBatch {
  _id: string;
  evaluation: EvaluationFacts;
}

/** Jobs read in one step. */
const BATCH_SIZE = 1_000;

type Ended = Pick<JobDocument, '_id' | 'state' | 'usage' | 'erasedAt'> & {
  result: { labels: { name: string }[] } | null;
  provider: { id: string } | null;
};
const PROJECTION = { state: 1, usage: 1, erasedAt: 1, 'result.labels.name': 1, 'provider.id': 1 };

interface Step {
  jobs: Ended[];
  /** Of the calls that gave their answers. */
  durations: Map<string, number | null>;
}

/**
 * Scores every provider of an evaluation by its jobs as they are now: at most 10,000, a thousand at a time. Answers of
 * another provider, which took its name since, are left out. `bounded` bounds each step in time.
 */
export async function scoreEvaluation(
  store: Store,
  { _id: batchId, evaluation }: EvaluatedBatch,
  bounded: Bounded = (step) => step,
): Promise<EvaluationScores> {
  const outcomes = evaluation.providers.map((): SampleOutcome[] => []);
  for (let afterId: string | null = null, isLast = false; !isLast;) {
    const { jobs, durations }: Step = await bounded(readStep(store, batchId, afterId));
    for (const job of jobs) {
      const index = toItemIndex(job._id);
      const place = index % outcomes.length;
      if (job.provider && job.provider.id !== evaluation.providers[place]?.id) continue;
      const durationMs = durations.get(job._id) ?? null;
      outcomes[place]?.push(toOutcome(evaluation, job, { index, durationMs }));
    }
    afterId = jobs.at(-1)?._id ?? null;
    isLast = jobs.length < BATCH_SIZE;
  }
  const scored = outcomes.map((ofProvider) => scoreProvider(ofProvider, evaluation));
  return {
    known: scored.reduce((sum, { score }) => sum + score.done, 0),
    scores: scored.map(({ score }) => score),
    confusions: scored.map(({ confusion }) => confusion),
  };
}

/** Which labels are right for the sample of the job at this place in the evaluation. */
export function toExpected({ providers, expected, labels }: EvaluationFacts, index: number): string[] {
  const sample = expected[Math.floor(index / providers.length)] ?? [];
  return sample.flatMap((place) => labels[place] ?? []);
}

async function readStep(store: Store, batchId: string, afterId: string | null): Promise<Step> {
  const range = toItemRange(batchId, afterId);
  const jobs = await toNative(store.jobs)
    .find<Ended>({ _id: range }, { projection: PROJECTION, sort: { _id: 1 }, limit: BATCH_SIZE })
    .toArray();
  const last = jobs.at(-1)?._id;
  const answers =
    last === undefined
      ? []
      : await toNative(store.attempts)
          .find<{ jobId: string; durationMs: number | null }>(
            { jobId: { $gt: range.$gt, $lte: last }, outcome: 'succeeded' },
            { projection: { _id: 0, jobId: 1, durationMs: 1 }, hint: 'job' },
          )
          .toArray();
  return { jobs, durations: new Map(answers.map(({ jobId, durationMs }) => [jobId, durationMs])) };
}

function toOutcome(
  evaluation: EvaluationFacts,
  { state, result, usage }: Ended,
  { index, durationMs }: { index: number; durationMs: number | null },
): SampleOutcome {
  const expected = toExpected(evaluation, index);
  const answered = state === 'succeeded' ? result?.labels.map(({ name }) => name) : undefined;
  if (answered) return { kind: 'answered', expected, answered, usage, durationMs };
  return { kind: state === 'failed' ? 'unanswered' : 'open', expected, answered: [], usage, durationMs };
}
