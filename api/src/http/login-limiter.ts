import { AppError } from '@understudy/shared/errors';
import type { Clock } from '@understudy/shared/runtime/clock';

const MAX_FAILURES = 10;
const WINDOW_MS = 60_000;
const MAX_ADDRESSES = 10_000;

export interface LoginLimiter {
  /**
   * Counts one try of an address as failed until it is forgiven, so that many at once do not all get through.
   * @throws {AppError} `rate_limited` after ten failures within a minute.
   */
  admit(address: string): void;
  forgive(address: string): void;
}

/** Limits failed logins per address, in this process. */
export function createLoginLimiter(clock: Clock): LoginLimiter {
  const windows = new Map<string, { failures: number; endsAt: number }>();

  return {
    admit(address) {
      const now = clock.monotonic();
      let window = windows.get(address);
      if (!window || window.endsAt <= now) {
        window = { failures: 0, endsAt: now + WINDOW_MS };
        windows.delete(address);
        windows.set(address, window);
        const [oldest] = windows.keys();
        if (windows.size > MAX_ADDRESSES && oldest !== undefined) windows.delete(oldest);
      }
      if (window.failures >= MAX_FAILURES) {
        throw new AppError('rate_limited', 'Too many failed logins from this address.', {
          retryable: true,
          details: { retryAfterSeconds: Math.ceil((window.endsAt - now) / 1_000) },
        });
      }
      window.failures += 1;
    },
    forgive(address) {
      const window = windows.get(address);
      if (window) window.failures -= 1;
    },
  };
}
