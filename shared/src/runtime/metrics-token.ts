import { createHash, timingSafeEqual } from 'node:crypto';
import { toBearer } from '../net/to-bearer.ts';

/** Whether somebody shows METRICS_TOKEN, compared in constant time; never where there is none. */
export function isMetricsToken(configured: string | undefined, authorization: string | undefined): boolean {
  const shown = toBearer(authorization);
  if (configured === undefined || shown === null) return false;
  const [expected, given] = [configured, shown].map((value) => createHash('sha256').update(value).digest());
  return expected !== undefined && given !== undefined && timingSafeEqual(expected, given);
}
