import type { Clock } from '@understudy/shared/runtime/clock';
import type { Logger } from '@understudy/shared/runtime/logger';
import { isStoreAway } from '@understudy/shared/store/store-away';

/** How long a paid answer, and what belongs to it, waits for a ledger that is away. */
export const LEDGER_WAIT_MS = 600_000;

const FIRST_WAIT_MS = 100;
/** So soon after the ledger is back; while it is known to be away, a try costs nothing. */
const MAX_WAIT_MS = 500;

interface UntilStoredOptions {
  clock: Clock;
  logger: Logger;
  /** How long to go on trying. */
  boundMs: number;
  /** What is stored, for the log. */
  what: string;
  /** Whether it is still worth it; always, where absent. */
  isWanted?: () => boolean;
}

/**
 * Repeats a write or read of the ledger while the ledger is away, so that a paid answer outlives its absence. `work`
 * must be harmless to repeat. @throws what it threw last, when the bound is over or nobody wants it any more.
 */
export async function untilStored<T>(work: () => Promise<T>, options: UntilStoredOptions): Promise<T> {
  const { clock, logger, boundMs, what, isWanted = () => true } = options;
  const endsAt = clock.monotonic() + boundMs;
  for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(MAX_WAIT_MS, waitMs * 2)) {
    try {
      return await work();
    } catch (err) {
      if (clock.monotonic() + waitMs >= endsAt || !isWanted()) throw err;
      // That the ledger is away is logged once, not by everything that waits for it.
      logger[isStoreAway(err) ? 'debug' : 'warn']({ err, what }, 'the ledger did not take it; trying again');
    }
    await new Promise((resolve) => setTimeout(resolve, waitMs));
  }
}
