import type {
  Attempt,
  Classification,
  ClassificationRow,
  ProviderReference,
} from '../../contracts/classification.ts';
import type { Label } from '../../contracts/label.ts';
import type { AttemptDocument, Repriced } from '../attempts/model.ts';
import { toUsdOrNull } from '../usage/nano-usd.ts';
import type { FoundJob } from './job-filter.ts';
import type { JobDocument } from './model.ts';

const toIso = (at: Date) => at.toISOString();
const toIsoOrNull = (at: Date | null | undefined) => at?.toISOString() ?? null;

/** A job as the API shows it. `labels` are its own, or the names of its classifier's. */
export function toClassification(
  job: JobDocument,
  labels: Label[],
  attempts: readonly AttemptDocument[],
): Classification {
  return { ...toFields(job), text: job.text, labels, attempts: attempts.map(toAttemptOf(job)) };
}

/** A job as a list shows it; text and attempts only where they were asked for. */
export function toClassificationRow(
  job: FoundJob,
  attempts: readonly AttemptDocument[] | undefined,
): ClassificationRow {
  return {
    ...toFields(job),
    attemptCount: job.attemptCount,
    ...(job.text === undefined ? {} : { text: job.text }),
    ...(attempts === undefined ? {} : { attempts: attempts.map(toAttemptOf(job)) }),
  };
}

function toFields(job: FoundJob) {
  const { classifier, deferred, correction, usage } = job;
  return {
    id: job._id,
    state: job.state,
    client: job.client,
    classifier: classifier && { name: classifier.name, version: classifier.version },
    multiLabel: job.multiLabel,
    threshold: job.threshold,
    instructions: job.instructions,
    explain: job.explain,
    priority: job.priority,
    providers: job.providers,
    allowDegraded: job.allowDegraded,
    metadata: job.metadata,
    webhookUrl: job.webhookUrl,
    createdAt: toIso(job.createdAt),
    startedAt: toIsoOrNull(job.startedAt),
    finishedAt: toIsoOrNull(job.finishedAt),
    deadlineAt: toIso(job.deadlineAt),
    result: job.result,
    correction: correction && { ...correction, at: toIso(correction.at) },
    degraded: job.degraded,
    provider: job.provider && toProviderReference(job.provider),
    usage: {
      inputTokens: usage.inputTokens,
      outputTokens: usage.outputTokens,
      costUsd: toUsdOrNull(usage.costNanoUsd),
      pricing: usage.pricing,
    },
    deferred: deferred && { reason: deferred.reason, nextTryAt: toIso(deferred.nextTryAt) },
    passedOver: job.passedOver.map(({ provider, reason, until }) => ({
      provider: toProviderReference(provider),
      reason,
      until: toIsoOrNull(until),
    })),
    error: job.error && { code: job.error.code, message: job.error.message },
    batchId: job.batchId,
    erasedAt: toIsoOrNull(job.erasedAt),
  };
}

/** What was said in an attempt is not shown of a job that was erased, also where it was settled since. */
function toAttemptOf({ erasedAt }: Pick<FoundJob, 'erasedAt'>) {
  return (attempt: AttemptDocument) => toAttempt(erasedAt ? { ...attempt, message: null } : attempt);
}

/** An attempt as the API shows it, with what was said in it: not for a job that may have been erased. */
export function toAttempt(attempt: AttemptDocument): Attempt {
  return {
    number: attempt.number,
    provider: toProviderReference(attempt.provider),
    outcome: attempt.outcome,
    fault: attempt.fault ?? null,
    message: attempt.message ?? null,
    status: attempt.status ?? null,
    requestId: attempt.requestId ?? null,
    hedge: attempt.hedge,
    startedAt: toIso(attempt.startedAt),
    durationMs: attempt.durationMs ?? null,
    inputTokens: attempt.inputTokens ?? 0,
    outputTokens: attempt.outputTokens ?? 0,
    costUsd: toUsdOrNull(attempt.costNanoUsd),
    pricing: attempt.pricing ?? null,
    priceVersion: attempt.priceVersion ?? null,
    ...(attempt.repriced ? { repriced: toRepriced(attempt.repriced) } : {}),
  };
}

function toRepriced({ at, from }: Repriced): NonNullable<Attempt['repriced']> {
  const { costNanoUsd, pricing, priceVersion } = from;
  return { at: toIso(at), costUsd: toUsdOrNull(costNanoUsd), pricing, priceVersion };
}

function toProviderReference({ id, name, type, model }: ProviderReference): ProviderReference {
  return { id, name, type, model };
}
