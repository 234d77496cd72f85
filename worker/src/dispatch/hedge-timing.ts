import type { DispatchConfig } from '@understudy/shared/contracts/dispatch-config';
import type { RecentAnswers } from './recent-latencies.ts';

/** How long a dispatch waits for one provider before it turns to the next, in milliseconds from its first call. */
export interface Waits {
  /** H: after this long the next provider is started beside it. */
  hedgeAfterMs: number;
  /** After this long a call is ended for good, where no hedge may be started. */
  cutAfterMs: number;
}

/** The same where nothing presses. */
export interface HedgeTiming extends Waits {
  /**
   * Whether it is known to be done by `cutAfterMs`, so that a call that is not done then is a failure. Of one that
   * is new, or slow by nature, it only says that it is slow.
   */
  isQuick: boolean;
}

type Settings = Pick<DispatchConfig, 'hedgeAfterMs' | 'hedgeMaxMs'>;

const P95_FACTOR = 1.5;
const SOONEST_MS = 250;
/** With fewer recent answers than these nothing is learned from them. */
const KNOWN_FROM = 20;

/** Learns from a provider's recent answers when a call of it is late; null where they say nothing. */
export function toHedgeTiming(
  recent: RecentAnswers | null,
  { hedgeAfterMs, hedgeMaxMs }: Settings,
): HedgeTiming {
  if (recent === null || recent.count < KNOWN_FROM) {
    return { hedgeAfterMs: Math.min(hedgeAfterMs, hedgeMaxMs), cutAfterMs: hedgeMaxMs, isQuick: false };
  }
  const learnedMs = Math.min(hedgeMaxMs, Math.max(SOONEST_MS, P95_FACTOR * recent.p95Ms));
  const cutAfterMs = Math.min(hedgeMaxMs, Math.max(learnedMs, recent.p99Ms));
  return { hedgeAfterMs: learnedMs, cutAfterMs, isQuick: cutAfterMs < hedgeMaxMs };
}

/** The same within what is left of the job and its dispatch: whoever comes next has as long as this one had. */
export function toWaits({ hedgeAfterMs, cutAfterMs }: Waits, leftMs: number): Waits {
  const mostMs = leftMs / 2;
  return { hedgeAfterMs: Math.min(hedgeAfterMs, mostMs), cutAfterMs: Math.min(cutAfterMs, mostMs) };
}
