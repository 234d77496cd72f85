/** No attempt starts with less time left than this: it could not bring an answer. */
export const MIN_ATTEMPT_MS = 250;

/**
 * How long the ledger may take to have an attempt on record before that comes off the time of its call. Its place is
 * counted from its admission, and is another's once this and the limit are over.
 */
export const BEGIN_SLACK_MS = 2_000;

/** When the dispatch and the job are over, in milliseconds of the monotonic clock. */
export interface TimeBudget {
  dispatchEndsAt: number;
  jobEndsAt: number;
}

/** Whether the job has no time left for another attempt, now or in any later dispatch. */
export function isJobOver({ jobEndsAt }: TimeBudget, nowMs: number): boolean {
  return jobEndsAt - nowMs < MIN_ATTEMPT_MS;
}

/** What is left of the dispatch and of the job, in milliseconds. */
export function toLeftMs({ dispatchEndsAt, jobEndsAt }: TimeBudget, nowMs: number): number {
  return Math.min(dispatchEndsAt, jobEndsAt) - nowMs;
}

/**
 * How long an attempt that starts now may take: the least of the provider's time-out, the rest of the dispatch and
 * the rest of the job. @returns null where too little is left to start one.
 */
export function toAttemptLimitMs(budget: TimeBudget, nowMs: number, timeoutMs: number): number | null {
  const leftMs = toLeftMs(budget, nowMs);
  return leftMs < MIN_ATTEMPT_MS ? null : Math.min(timeoutMs, leftMs);
}
