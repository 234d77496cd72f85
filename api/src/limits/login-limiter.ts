import { RateLimitedError } from '@understudy/shared/errors';
import { toAddressBlock } from '@understudy/shared/net/to-address-block';
import { toSeconds } from '../http/rate-limit-headers.ts';
import { WINDOW_SECONDS, type RateCounter } from './rate-counter.ts';

const POLICY = { name: 'logins', quota: 10, windowSeconds: WINDOW_SECONDS };

export interface LoginLimiter {
  /**
   * Counts one try of an address as failed until it is forgiven, so that many at once do not all get through.
   * @throws {RateLimitedError} after ten failures within a minute.
   */
  admit(address: string): Promise<void>;
  forgive(address: string): Promise<void>;
}

/** Limits failed logins per address, over all API processes. Within it a right login is refused like any other. */
export function createLoginLimiter(counter: RateCounter): LoginLimiter {
  const toKey = (address: string) => `login:${toAddressBlock(address)}`;
  return {
    async admit(address) {
      const { used, resetMs } = await counter.add(toKey(address), 1);
      if (used <= POLICY.quota) return;
      // It was not tried, so it did not fail.
      await counter.add(toKey(address), -1);
      const seconds = toSeconds(resetMs);
      const detail = `Too many failed logins from this address: ${POLICY.quota} a minute. Try again in ${seconds} s.`;
      throw new RateLimitedError(detail, POLICY, seconds);
    },
    async forgive(address) {
      await counter.add(toKey(address), -1);
    },
  };
}
