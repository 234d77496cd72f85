import { RateLimitedError } from '@understudy/shared/errors';
import { toRateLimitHeaders, toSeconds } from '../http/rate-limit-headers.ts';
import type { Viewer } from '../http/viewer.ts';
import { WINDOW_SECONDS, type RateCounter } from './rate-counter.ts';

/** What every reply to a token without a limit says of it. */
const UNLIMITED: Readonly<Record<string, string>> = {};

export interface TokenLimiter {
  /**
   * Counts one request of a token, or of a session that was made from it.
   * @returns the headers that tell what is left; none, and at no cost, for a token without a limit.
   * @throws {RateLimitedError} where nothing is left in this minute.
   */
  admit(viewer: Viewer): Promise<Readonly<Record<string, string>>>;
}

/** Holds each token to its `requestsPerMinute`, over all API processes. */
export function createTokenLimiter(counter: RateCounter): TokenLimiter {
  return {
    async admit({ actor, requestsPerMinute: quota }) {
      if (quota === null || actor.tokenId === null) return UNLIMITED;
      const policy = { name: 'default', quota, windowSeconds: WINDOW_SECONDS };
      const { used, resetMs } = await counter.add(`token:${actor.tokenId}`, 1);
      const resetSeconds = toSeconds(resetMs);
      if (used > quota) {
        const detail = `This token may make ${quota} requests a minute. Ask again in ${resetSeconds} s.`;
        throw new RateLimitedError(detail, policy, resetSeconds);
      }
      return toRateLimitHeaders(policy, { remaining: quota - used, resetSeconds });
    },
  };
}
