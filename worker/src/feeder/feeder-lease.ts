import { randomUUID } from 'node:crypto';
import type { Clock } from '@understudy/shared/runtime/clock';
import type { Logger } from '@understudy/shared/runtime/logger';
import type { Store } from '@understudy/shared/store/connect';
import { keepLease, releaseLease } from '@understudy/shared/store/leases/keep-lease';

export interface FeederLeaseDeps {
  store: Store;
  clock: Clock;
  logger: Logger;
  /** How many worker processes live, this one among them. */
  admission: { workerCount(): number };
  /** Whether this process can call every provider that calls are meant for. */
  pool: { canUseAll(): boolean };
}

/** Which worker process is the fleet's feeder. */
export interface FeederLease {
  /** Takes or keeps it, asking seldom enough to be called before every round. @returns whether this process has it. */
  keep(): Promise<boolean>;
  /** Gives it back; one that is not given back runs out. */
  release(): Promise<void>;
}

const NAME = 'feeder';
/** When a feeder is killed, another takes over within this plus `KEEP_MS`. */
const LEASE_MS = 1_500;
const KEEP_MS = 400;
/**
 * A feeder feeds nothing to a provider that its own process cannot call (another master key, an older version). Where
 * there are other workers it gives up the lease after a while, for so long that any of them has asked for it. The while
 * grows with each time: they may be no better.
 */
const FIRST_UNFIT_MS = 3_000;
const MAX_UNFIT_MS = 60_000;
const STAND_BACK_MS = 1_000;

/** The lease as one worker process sees it. */
export function createFeederLease({ store, clock, logger, admission, pool }: FeederLeaseDeps): FeederLease {
  const lease = { name: NAME, holder: randomUUID(), leaseMs: LEASE_MS };
  let askAt = -Infinity;
  let isMine = false;
  let unfitSince: number | null = null;
  let unfitMs = FIRST_UNFIT_MS;

  const isFit = () => pool.canUseAll() || admission.workerCount() === 1;

  async function release() {
    if (!isMine) return;
    isMine = false;
    await releaseLease(store, lease).catch((err: unknown) =>
      logger.debug({ err }, 'the feeder’s lease was not given back'),
    );
  }

  async function standBack(now: number) {
    if (unfitMs === FIRST_UNFIT_MS)
      logger.warn('another worker is to feed the queue: this one cannot call every provider');
    unfitMs = Math.min(MAX_UNFIT_MS, unfitMs * 2);
    unfitSince = null;
    askAt = now + STAND_BACK_MS;
    await release();
  }

  return {
    async keep() {
      const now = clock.monotonic();
      if (now < askAt) return isMine;
      if (isFit()) {
        unfitSince = null;
        unfitMs = FIRST_UNFIT_MS;
      } else if (isMine) unfitSince ??= now;
      if (unfitSince !== null && now - unfitSince >= unfitMs) await standBack(now);
      else {
        isMine = await keepLease(store, lease);
        if (!isMine) unfitSince = null;
        askAt = now + KEEP_MS;
      }
      return isMine;
    },
    release,
  };
}
