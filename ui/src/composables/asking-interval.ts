import { isWorthRepeating } from '@understudy/shared/client/wait';

/** Whatever is shown is asked for again this soon after it could not be read. */
const AFTER_FAILURE_MS = 5_000;

/**
 * How long to wait before something is read again, in milliseconds; false for never. What could not be read because
 * the API was away is asked for soon, however seldom it is asked for else: no event tells that it could be read now.
 */
export function toAskingInterval(everyMs: number | null, error: Error | null): number | false {
  const isAway = error !== null && isWorthRepeating(error);
  if (everyMs === null) return isAway && AFTER_FAILURE_MS;
  return isAway ? Math.min(everyMs, AFTER_FAILURE_MS) : everyMs;
}
