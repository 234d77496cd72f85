const MAX_WAIT_SECONDS = 60;

/**
 * How long the caller would like to wait, by `Prefer: wait=N` (RFC 7240 §4.3), in seconds; more than 60 is taken
 * as 60, nonsense as nothing. Of several the first counts.
 */
export function toWaitSeconds(prefer: string | undefined): number | null {
  for (const preference of prefer?.split(',') ?? []) {
    const [, seconds] = /^\s*wait\s*=\s*"?(\d+)"?\s*(?:;|$)/i.exec(preference) ?? [];
    if (seconds !== undefined) {
      return Number(seconds) >= 1 ? Math.min(Number(seconds), MAX_WAIT_SECONDS) : null;
    }
  }
  return null;
}

/** The header that says so, where a wait was asked for. */
export function toPreferenceApplied(waitSeconds: number | null): Record<string, string> {
  return waitSeconds === null ? {} : { 'Preference-Applied': `wait=${waitSeconds}` };
}
