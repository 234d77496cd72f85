import { RateLimitedError } from '@understudy/shared/errors';
import { toAddressBlock } from '@understudy/shared/net/to-address-block';
import type { Clock } from '@understudy/shared/runtime/clock';
import type { Logger } from '@understudy/shared/runtime/logger';
import { setBounded } from '@understudy/shared/runtime/set-bounded';
import { toSeconds } from '../http/rate-limit-headers.ts';
import { WINDOW_SECONDS, type RateCounter } from './rate-counter.ts';

/** Five a second: more than a wrong setting makes by the way, and nothing to somebody who guesses 256 bits. */
const POLICY = { name: 'failed-credentials', quota: 300, windowSeconds: WINDOW_SECONDS };
const MAX_BLOCKS = 10_000;

export interface FailedCredentials {
  /** Counts a request with a token or cookie that is not good. @throws {RateLimitedError} beyond 300 a minute. */
  count(address: string): Promise<void>;
  /** For what would ask the ledger. @throws {RateLimitedError} where this process knows that the address is beyond it. */
  assertBelow(address: string): void;
}

/**
 * Limits per address, over all API processes, what comes with wrong credentials. A good bearer token is let in all the
 * same: many systems may stand behind one address, and one of them must not shut the others out.
 */
export function createFailedCredentials(
  counter: RateCounter,
  { clock, logger }: { clock: Pick<Clock, 'monotonic'>; logger: Logger },
): FailedCredentials {
  /** When addresses that are beyond the limit begin anew: nothing has to be asked of Redis about them until then. */
  const beyondUntil = new Map<string, number>();

  function assertBelow(address: string) {
    const leftMs = (beyondUntil.get(toAddressBlock(address)) ?? 0) - clock.monotonic();
    if (leftMs > 0) throw toError(leftMs);
  }

  return {
    assertBelow,
    async count(address) {
      assertBelow(address);
      const block = toAddressBlock(address);
      const { used, resetMs } = await counter.add(`credentials:${block}`, 1);
      if (used <= POLICY.quota) return;
      if (used === POLICY.quota + 1) logger.warn({ address: block }, 'too many wrong credentials');
      setBounded(beyondUntil, block, clock.monotonic() + resetMs, MAX_BLOCKS);
      throw toError(resetMs);
    },
  };
}

function toError(resetMs: number) {
  const seconds = toSeconds(resetMs);
  const detail = `Too many requests with wrong credentials from this address. Ask again in ${seconds} s.`;
  return new RateLimitedError(detail, POLICY, seconds);
}
