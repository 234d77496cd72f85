import type { PassedOverReason } from '@understudy/shared/contracts/classification';
import type { Clock } from '@understudy/shared/runtime/clock';
import type { PooledProvider } from '../../providers/provider-pool.ts';
import { createMinuteLog } from './minute-log.ts';

/** This process's share of one provider's limits. */
export interface LocalLimits {
  /** Which limit forbids a call of so many tokens, until when on the monotonic clock; null where none does. */
  refuse(pooled: PooledProvider, tokens: number): { reason: PassedOverReason; untilMs: number | null } | null;
  /** Whether the calls of this process alone take every place that there is, whoever else has some. */
  isFull(pooled: PooledProvider): boolean;
  /** Counts a call. Gives what is to be called at its end, with what it used if that is known. */
  begin(tokens: number): (used: number | null) => void;
  /** How many more calls have a place now, how many fit into the minute (null for any number), how many run. */
  room(pooled: PooledProvider): { places: number; requests: number | null; underWay: number };
}

export function createLocalLimits({ clock, share }: { clock: Clock; share: () => number }): LocalLimits {
  let running = 0;
  const minute = createMinuteLog();
  const toShare = (limit: number) => Math.max(1, Math.floor(limit * share()));

  return {
    refuse({ provider: { rateLimit, configuration } }, tokens) {
      const now = clock.monotonic();
      if (running >= toShare(configuration.maxConcurrency)) return { reason: 'concurrency', untilMs: null };
      const requestAt = rateLimit === null ? now : minute.requestFitsAt(toShare(rateLimit), now);
      if (requestAt > now) return { reason: 'rate_limit', untilMs: requestAt };
      const tokenLimit = 'tokensPerMinute' in configuration ? configuration.tokensPerMinute : null;
      const tokensAt = tokenLimit === null ? now : minute.tokensFitAt(toShare(tokenLimit), tokens, now);
      return tokensAt > now ? { reason: 'tokens', untilMs: tokensAt } : null;
    },
    isFull: ({ provider: { configuration } }) => running >= configuration.maxConcurrency,
    begin(tokens) {
      const entry = minute.add(tokens, clock.monotonic());
      running += 1;
      return (used) => {
        running -= 1;
        if (used !== null) entry.tokens = used;
      };
    },
    room({ provider: { rateLimit, configuration } }) {
      const places = toShare(configuration.maxConcurrency) - running;
      const requests = rateLimit === null ? null : toShare(rateLimit) - minute.count(clock.monotonic());
      return { places, requests, underWay: running };
    },
  };
}
