import type { DeferredReason, PassedOverReason } from '@understudy/shared/contracts/classification';
import type { JobDocument } from '@understudy/shared/store/jobs/model';
import type { Fault } from '../llm/adapter.ts';
import { FAULT_POLICIES } from './faults.ts';
import { REASON_MEANINGS, type ReasonMeaning } from './passed-over.ts';

type JobError = NonNullable<JobDocument['error']>;

/** Where a defect of ours is the cause. */
export const INTERNAL_ERROR: JobError = {
  code: 'internal_error',
  message: 'The service met an error of its own.',
};

/** How one candidate left the dispatch without an answer. Times are milliseconds since 1970. */
export type CandidateEnd =
  | { kind: 'faulted'; fault: Fault; untilAt: number | null }
  /** A defect of ours in its adapter. */
  | { kind: 'defect' }
  | { kind: 'passed_over'; reason: PassedOverReason; untilAt: number | null }
  /** The time was up before its turn. */
  | { kind: 'untried' };

/** What an end means for the job. */
type Meaning = ReasonMeaning | 'defect' | 'unknown';

function toMeaning(end: CandidateEnd): Meaning {
  switch (end.kind) {
    case 'defect':
      return 'defect';
    case 'untried':
      return 'unknown';
    case 'faulted': {
      if (isRejected(end.fault)) return 'rejected';
      return FAULT_POLICIES[end.fault.kind].coolsDown ? 'throttled' : 'down';
    }
    case 'passed_over':
      return REASON_MEANINGS[end.reason];
  }
}

/** Whether a provider has turned the job down for good: the same text would come to the same again. */
export function isRejected({ kind }: Fault): boolean {
  return FAULT_POLICIES[kind].next !== 'any';
}

/**
 * Whether the latest of the ends ends the job though other candidates are left: refused content (unless that fails
 * over), or a second provider that calls the request a bad one. @returns null where the dispatch goes on.
 */
export function judge(
  ends: readonly CandidateEnd[],
  latest: CandidateEnd,
  contentFilterFailover: boolean,
): JobError | null {
  if (latest.kind !== 'faulted') return null;
  if (latest.fault.kind === 'content_filter' && !contentFilterFailover) return toFiltered(latest.fault);
  const isBadRequest = (end: CandidateEnd) => end.kind === 'faulted' && end.fault.kind === 'bad_request';
  if (isBadRequest(latest) && ends.filter(isBadRequest).length > 1) return toRejected(latest.fault);
  return null;
}

export type Conclusion =
  | { kind: 'failed'; error: JobError }
  /** `mayDegrade`: nothing but failures and open circuits, so `local` may step in. `byLimit`: nothing but limits that an operator set. */
  | { kind: 'nobody_left'; reason: DeferredReason; mayDegrade: boolean; byLimit: boolean };

/** What becomes of a job that no candidate answered. */
export function conclude(ends: readonly CandidateEnd[]): Conclusion {
  const meanings = new Set(ends.map(toMeaning));
  const only = (...kinds: Meaning[]) =>
    meanings.size > 0 && [...meanings].every((kind) => kinds.includes(kind));
  if (only('rejected')) return { kind: 'failed', error: toFinalRejection(ends) };
  if (only('defect', 'rejected')) {
    return { kind: 'failed', error: INTERNAL_ERROR };
  }
  return {
    kind: 'nobody_left',
    reason: toReason(only),
    mayDegrade: only('down', 'rejected', 'defect'),
    byLimit: only('limited', 'over_budget'),
  };
}

function toReason(only: (...kinds: Meaning[]) => boolean): DeferredReason {
  if (only('over_budget')) return 'budget_exhausted';
  if (only('limited', 'throttled', 'over_budget')) return 'rate_limited';
  return 'no_provider_available';
}

function toFinalRejection(ends: readonly CandidateEnd[]): JobError {
  const faults = ends.flatMap((end) => (end.kind === 'faulted' ? [end.fault] : []));
  const filtered = faults.find(({ kind }) => kind === 'content_filter');
  if (filtered) return toFiltered(filtered);
  return toRejected(faults.at(-1) ?? null);
}

const toFiltered = ({ message }: Fault): JobError => ({ code: 'content_filtered', message });
const toRejected = (fault: Fault | null): JobError => ({
  code: 'rejected_by_provider',
  message: fault?.message ?? 'The text fits the context window of no provider.',
});
