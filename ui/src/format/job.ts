import type {
  Attempt,
  Classification,
  ClassificationRow,
  DeferredReason,
  JobErrorCode,
  PassedOverReason,
  Pricing,
} from '@understudy/shared/contracts/classification';
import { toUsd } from './number.ts';
import { toDuration, toLocalTime } from './time.ts';
import type { Tone } from './tone.ts';

export const OUTCOME_TONES: Record<Attempt['outcome'], Tone> = {
  succeeded: 'ok',
  failed: 'bad',
  aborted: 'warn',
  pending: 'neutral',
};

const DEFERRED_WORDS: Record<DeferredReason, string> = {
  no_provider_available: 'no provider can take it now',
  rate_limited: 'the rate limit is reached',
  budget_exhausted: 'a call could overspend the budget',
  paused: 'dispatch is paused',
};

/** Why an open job waits, and until when, as far as that is before its deadline; null where nothing holds it. */
export function toWaitingWords(
  { deferred, deadlineAt }: Pick<ClassificationRow, 'deferred' | 'deadlineAt'>,
  now: Date = new Date(),
): string | null {
  if (!deferred) return null;
  const at = new Date(deferred.nextTryAt);
  const isKnown = at < new Date(deadlineAt);
  const next = isKnown
    ? `Next try at ${toLocalTime(at, now)}.`
    : 'As things stand it is not tried again before its deadline.';
  return `It waits because ${DEFERRED_WORDS[deferred.reason]}. ${next}`;
}

export const PASSED_OVER_WORDS: Record<PassedOverReason, string> = {
  circuit_open: 'its circuit is open',
  cooldown: 'it is cooling down',
  rate_limit: 'its requests a minute are used up',
  tokens: 'its tokens a minute are used up',
  concurrency: 'it has as many calls as it may',
  budget: 'a call could overspend its budget',
  flagged: 'it was set aside for an operator',
  disabled: 'it is switched off, or was deleted',
  context_window: 'the text does not fit its window',
};

/**
 * Until when somebody was passed over, where that ends by itself. A budget has room again as soon as a call that runs
 * costs less than was held for it, or the next one is smaller: the end of its month is only the latest.
 */
export function toPassedOverEnd({
  reason,
  until,
}: Pick<Classification['passedOver'][number], 'reason' | 'until'>): string | null {
  return reason === 'budget' ? null : until;
}

export const JOB_ERROR_WORDS: Record<JobErrorCode, { title: string; advice: string }> = {
  deadline_exceeded: {
    title: 'Nobody answered before the deadline.',
    advice: 'Check the providers, then submit it again with a longer deadline.',
  },
  content_filtered: {
    title: 'A provider refused the content.',
    advice: 'Another provider is asked only where the configuration allows it.',
  },
  rejected_by_provider: {
    title: 'The request was rejected.',
    advice: 'The attempts below say why; often the text is too long or the model’s name is wrong.',
  },
  worker_crashed: { title: 'The workers that took it died.', advice: 'Look at the worker’s log.' },
  cancelled: { title: 'The job was cancelled.', advice: '' },
  internal_error: {
    title: 'Something failed inside Understudy.',
    advice: 'Look for the job’s id in the log.',
  },
};

/** What something cost, and how sure that is. A price that is not known is never written as nothing. */
export function toCost(costUsd: number | null, pricing: Pricing | null): string {
  // Also of a paid provider that billed nothing, as where it refused every call.
  if (pricing === 'free') return toUsd(0);
  if (costUsd === null) return pricing === 'unpriced' ? 'no price known' : '–';
  if (pricing === 'estimated') return `≈ ${toUsd(costUsd)}`;
  if (pricing === 'partial') return `≥ ${toUsd(costUsd)}`;
  return toUsd(costUsd);
}

/** How long a job, or a batch, took from its acceptance to its end; null while it is open. */
export function toTook({
  createdAt,
  finishedAt,
}: {
  createdAt: string;
  finishedAt: string | null;
}): string | null {
  return finishedAt === null ? null : toDuration(Date.parse(finishedAt) - Date.parse(createdAt));
}

/** What became of a job, or why nothing has yet. */
export function toOutcome({
  result,
  error,
  deferred,
}: Pick<ClassificationRow, 'result' | 'error' | 'deferred'>): string {
  if (result) return result.labels.map(({ name }) => name).join(', ') || 'no label fits';
  if (error) return error.code.replaceAll('_', ' ');
  return deferred ? DEFERRED_WORDS[deferred.reason] : 'under way';
}
