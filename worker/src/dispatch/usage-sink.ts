import type { SettledAttempt } from '@understudy/shared/store/usage/bucket';

/** Where settled attempts are handed for counting. */
export interface UsageSink {
  add(attempt: SettledAttempt): void;
}
