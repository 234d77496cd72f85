import type { AlertCondition } from '@understudy/shared/store/alerts/conditions';

/** After something was told, the same of the same subject is not told again for this long. */
export const QUIET_MS = 5 * 60_000;

const UNTOLD: AlertCondition = { cause: null, beganAt: null, endedAt: null };

/**
 * What a condition becomes by one look, and whether that is to be told. A change that comes too soon after the last of its
 * kind is left for a later look, and told then if it still stands. @returns null where nothing changes now.
 */
export function toNextCondition(
  known: AlertCondition | null,
  cause: string | null,
  { tellsEnd, nowMs }: { tellsEnd: boolean; nowMs: number },
): { next: AlertCondition; isTold: boolean } | null {
  const condition = known ?? UNTOLD;
  if (cause === condition.cause) return null;
  const isTooSoon = (at: Date | null) => at !== null && nowMs < at.getTime() + QUIET_MS;
  const now = new Date(nowMs);
  if (cause !== null) {
    if (isTooSoon(condition.beganAt)) return null;
    return { next: { ...condition, cause, beganAt: now }, isTold: true };
  }
  if (!tellsEnd) return { next: { ...condition, cause }, isTold: false };
  if (isTooSoon(condition.endedAt)) return null;
  return { next: { ...condition, cause, endedAt: now }, isTold: true };
}
