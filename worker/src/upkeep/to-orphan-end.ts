import type { Store } from '@understudy/shared/store/connect';
import type { AttemptDocument, AttemptEnd } from '@understudy/shared/store/attempts/model';
import type { JobDocument } from '@understudy/shared/store/jobs/model';
import { toAttemptEnd } from '../dispatch/attempt-end.ts';
import type { LabelSets } from '../label-sets.ts';
import type { ClassifyRequest } from '../llm/adapter.ts';
import type { ProviderPool } from '../provider-pool.ts';

export interface OrphanDeps {
  store: Store;
  pool: Pick<ProviderPool, 'get'>;
  labelSets: LabelSets;
}

const MESSAGE = 'The worker died during the call.';

/**
 * The end of an attempt whose worker is gone: aborted, for no fault of the provider's. The call may have been made and
 * billed, so its cost is the upper bound of what it asked for; unpriced where the text, the provider or a price is
 * not there to tell.
 */
export async function toOrphanEnd(deps: OrphanDeps, attempt: AttemptDocument): Promise<AttemptEnd> {
  // How long the call lasted is not known; it was over by its limit.
  const durationMs = attempt.limitAt.getTime() - attempt.startedAt.getTime();
  const pooled = deps.pool.get(attempt.provider.id);
  const request = attempt.purpose === 'job' ? await loadRequest(deps, attempt.jobId) : TINY;
  if (!pooled || !request) return { ...UNKNOWN, durationMs, ...toUnknownCost(attempt) };
  return toAttemptEnd({
    pooled: { ...pooled, reference: attempt.provider },
    request,
    outcome: { kind: 'aborted' },
    startedAt: attempt.startedAt,
    durationMs,
    abortMessage: MESSAGE,
  });
}

/** Tests, drills and checks ask next to nothing: the estimate is what every request has, and the longest answer. */
const TINY: ClassifyRequest = {
  text: '',
  labelSet: { labels: [], multiLabel: false, threshold: null, instructions: null, cacheKey: null },
  explain: false,
  repair: null,
};

const UNKNOWN = {
  outcome: 'aborted',
  fault: null,
  message: MESSAGE,
  status: null,
  requestId: null,
  inputTokens: 0,
  outputTokens: 0,
  priceVersion: null,
} as const;

function toUnknownCost({ provider }: AttemptDocument): Pick<AttemptEnd, 'costNanoUsd' | 'pricing'> {
  return provider.type === 'local'
    ? { costNanoUsd: 0, pricing: 'free' }
    : { costNanoUsd: null, pricing: 'unpriced' };
}

/** What the attempt asked, as far as its job still tells. */
async function loadRequest({ store, labelSets }: OrphanDeps, jobId: string): Promise<ClassifyRequest | null> {
  const job = await store.jobs
    .findById(jobId, {
      text: 1,
      labels: 1,
      classifier: 1,
      multiLabel: 1,
      threshold: 1,
      instructions: 1,
      explain: 1,
    })
    .lean<JobDocument>();
  if (!job || job.text === null) return null;
  const labelSet = await labelSets.load(job);
  return labelSet && { text: job.text, labelSet, explain: job.explain, repair: null };
}
