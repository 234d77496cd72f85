import type { ProviderReference } from '@understudy/shared/contracts/classification';
import type { DispatchConfig } from '@understudy/shared/contracts/dispatch-config';
import type { FaultKind } from '@understudy/shared/contracts/fault';
import type { AttemptEnd } from '@understudy/shared/store/attempts/model';
import type { JobDocument, Rejection } from '@understudy/shared/store/jobs/model';
import { toAcceptedAt } from '@understudy/shared/store/jobs/to-accepted-at';
import type { HeldClaim } from '../claims.ts';
import { toBareFault, type ClassifyRequest, type Fault } from '../llm/adapter.ts';
import type { PooledProvider } from '../providers/provider-pool.ts';
import { isRejected, type CandidateEnd } from './conclude.ts';
import type { TimeBudget } from './deadline.ts';
import { FAULT_POLICIES } from './faults.ts';

/** What one dispatch works on. */
export interface DispatchInput {
  job: Pick<
    JobDocument,
    | '_id'
    | 'client'
    | 'providers'
    | 'allowDegraded'
    | 'deadlineMs'
    | 'deadlineAt'
    | 'attemptCount'
    | 'rejectedBy'
  >;
  request: Omit<ClassifyRequest, 'repair'>;
  claim: HeldClaim;
  /** When the job's deadline is, on the monotonic clock. */
  jobEndsAt: number;
  /** Whether it is for show: its failovers are marked so. */
  isDrill?: boolean;
}

/** One provider that a dispatch tried. */
export interface Try {
  provider: ProviderReference;
  /** Start of the first try at it, on the monotonic clock. */
  startedMs: number;
  /** Whether it was started beside another that had not answered. */
  hedge: boolean;
  /** How it failed, once it will not be asked again; null until then, and for a defect of ours. */
  fault: FaultKind | null;
  /** Whether its failover is on record. */
  isTold: boolean;
}

/** The record of one dispatch: a pass over the providers. */
export interface Pass extends Required<DispatchInput> {
  /** As they were when the pass began. */
  settings: DispatchConfig;
  budget: TimeBudget;
  /** How each candidate left it, by provider id, in order. */
  ends: Map<string, { pooled: PooledProvider; end: CandidateEnd }>;
  /** Resolves with the number of the last attempt once that is on record, with null where it cannot be; never rejects. */
  lastNumber: Promise<number | null>;
  attempts: AttemptEnd[];
  /** Whom it tried, in order of start. */
  tries: Try[];
  /** What still goes on beside it: ends being written, calls that were overtaken. Failing over does not wait for it. */
  settling: Promise<unknown>[];
}

/** The ends so far, in the order in which the providers were first asked. */
export function listEnds({ ends }: Pass): CandidateEnd[] {
  return [...ends.values()].map(({ end }) => end);
}

/** Who was not tried and why, as the job shows it. */
export function toPassedOver({ ends }: Pass): JobDocument['passedOver'] {
  return [...ends.values()].flatMap(({ pooled, end }) =>
    end.kind === 'passed_over'
      ? [
          {
            provider: pooled.reference,
            reason: end.reason,
            until: end.untilAt === null ? null : new Date(end.untilAt),
          },
        ]
      : [],
  );
}

/** The ids of those that answered this job with a 429. */
export function listThrottling({ ends }: Pass): string[] {
  return [...ends.values()].flatMap(({ pooled, end }) =>
    end.kind === 'faulted' && FAULT_POLICIES[end.fault.kind].coolsDown ? [pooled.provider._id] : [],
  );
}

/** Who turned the job down, in this dispatch or in one before it. */
export function listRejections({ job, ends }: Pass): Rejection[] {
  const before = (job.rejectedBy ?? []).filter(({ providerId }) => !ends.has(providerId));
  const now = [...ends.values()].flatMap(({ pooled: { provider }, end }) => {
    if (end.kind !== 'faulted' || !isRejected(end.fault) || mayPass(end.fault)) return [];
    const { kind: fault, message } = end.fault;
    return [{ providerId: provider._id, revision: provider.revision, fault, message }];
  });
  return [...before, ...now];
}

/** Of a bad request these speak of the request; others, as 404, of what may be there a moment later. */
const OF_THE_REQUEST = new Set([400, 413, 422]);

function mayPass({ kind, status }: Fault): boolean {
  return kind === 'bad_request' && status !== null && !OF_THE_REQUEST.has(status);
}

/** How a provider turned the job down in an earlier dispatch; null where it did not, or was changed since. */
export function toEarlierRejection({ job }: Pass, { provider }: PooledProvider): CandidateEnd | null {
  const earlier = job.rejectedBy?.find(({ providerId }) => providerId === provider._id);
  if (earlier?.revision !== provider.revision) return null;
  return { kind: 'faulted', fault: toBareFault(earlier.fault, earlier.message), untilAt: null };
}

/** The providers that were passed over only because all their places were taken. */
export function listFull({ ends }: Pass): PooledProvider[] {
  const isFull = (end: CandidateEnd) => end.kind === 'passed_over' && end.reason === 'concurrency';
  return [...ends.values()].flatMap(({ pooled, end }) => (isFull(end) ? [pooled] : []));
}

/** From when on `local` may step in for this job; milliseconds since 1970. */
export function toDegradeAt({ job, settings }: Pass): number {
  return toAcceptedAt(job).getTime() + settings.degradedAfterMs;
}
