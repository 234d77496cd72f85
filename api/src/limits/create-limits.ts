import type { Context } from '../context.ts';
import { createFailedCredentials } from './failed-credentials.ts';
import { createLoginLimiter } from './login-limiter.ts';
import { createRateCounter } from './rate-counter.ts';
import { createTokenLimiter } from './token-limiter.ts';

type Limits = Pick<Context, 'tokenLimiter' | 'loginLimiter' | 'failedCredentials'>;

/** What holds callers to their limits, over all API processes. */
export function createLimits(options: Pick<Context, 'redis' | 'prefix' | 'clock' | 'logger'>): Limits {
  const counter = createRateCounter(options);
  return {
    tokenLimiter: createTokenLimiter(counter),
    loginLimiter: createLoginLimiter(counter),
    failedCredentials: createFailedCredentials(counter, options),
  };
}
