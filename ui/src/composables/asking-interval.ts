import { isWorthRepeating, ProblemError } from '@understudy/shared/client/problem-error';

/** Whatever is shown is asked for again this soon after it could not be read. */
const AFTER_FAILURE_MS = 5_000;

/**
 * How long to wait before something is read again, in milliseconds; false for never. What could not be read because
 * the API was away is asked for soon (but not before it wants to be asked), however seldom it is asked for else: no
 * event tells that it could be read now. What somebody may not read is not asked for again, as each time counts against
 * their token's limit.
 */
export function toAskingInterval(everyMs: number | null, error: Error | null): number | false {
  if (error instanceof ProblemError && error.code === 'forbidden') return false;
  if (error === null || !isWorthRepeating(error)) return everyMs ?? false;
  const askedMs = error instanceof ProblemError ? (error.retryAfterMs ?? 0) : 0;
  return Math.min(everyMs ?? Infinity, Math.max(AFTER_FAILURE_MS, askedMs));
}
