import { RateLimitedError } from '@understudy/shared/errors';
import { toAddressBlock } from '@understudy/shared/net/to-address-block';
import type { Actor } from '@understudy/shared/store/audit/model';
import { toSeconds } from '../http/rate-limit-headers.ts';
import { WINDOW_SECONDS, type RateCounter } from './rate-counter.ts';

const POLICY = { name: 'logins', quota: 10, windowSeconds: WINDOW_SECONDS };
/** Each is a session and a row of the audit log, which is kept for ever. A team behind one token does not sign in so often by hand. */
const SIGN_INS = { name: 'sign-ins', quota: 60, windowSeconds: WINDOW_SECONDS };

export interface LoginLimiter {
  /**
   * Counts one try of an address as failed until it is forgiven, so that many at once do not all get through.
   * @throws {RateLimitedError} after ten failures within a minute.
   */
  admit(address: string): Promise<void>;
  forgive(address: string): Promise<void>;
  /** Counts a right login of a token, or of the links together. @throws {RateLimitedError} beyond 60 within a minute. */
  admitHolder(holder: Pick<Actor, 'tokenId'>): Promise<void>;
}

/**
 * Limits failed logins per address, over all API processes; within it a right login is refused like any other. And right
 * ones per token, from whichever address.
 */
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
    async admitHolder({ tokenId }) {
      const { used, resetMs } = await counter.add(`sign-in:${tokenId ?? 'link'}`, 1);
      if (used <= SIGN_INS.quota) return;
      const seconds = toSeconds(resetMs);
      const who = tokenId === null ? 'Links have been used' : 'This token has signed in';
      const detail = `${who} ${SIGN_INS.quota} times within a minute. Try again in ${seconds} s.`;
      throw new RateLimitedError(detail, SIGN_INS, seconds);
    },
  };
}
