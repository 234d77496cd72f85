import type { Clock } from '@understudy/shared/runtime/clock';
import { createPeriodicService, type Service } from '@understudy/shared/runtime/lifecycle';
import type { Logger } from '@understudy/shared/runtime/logger';
import type { Store } from '@understudy/shared/store/connect';
import { isOutOfTime } from '@understudy/shared/store/is-out-of-time';
import { LEASE_MS } from '@understudy/shared/store/jobs/claim-job';
import { renewLeases } from '@understudy/shared/store/jobs/renew-leases';

/** Why a claim is no longer good: cancelled or taken over; its lease is past; this process is stopping. */
export type ClaimLoss = 'gone' | 'lapsed' | 'stopping';

/** One job that this process holds. */
export interface HeldClaim {
  readonly jobId: string;
  readonly token: string;
  /** Aborts when the claim is lost; whatever runs under it must end then. */
  readonly signal: AbortSignal;
  /** Why it was lost; null while it is held. */
  loss(): ClaimLoss | null;
  /** Whether work may start under it: also notices a lease that ran out while the process was frozen. */
  isHeld(): boolean;
  /** Ends the renewing. Safe to call twice. */
  release(): void;
}

export interface ClaimKeeper extends Service {
  /** Takes a claim into keeping. `sinceMs` is when it was asked for, on the monotonic clock: its lease is counted from then. */
  hold(claim: { jobId: string; token: string; sinceMs: number }): HeldClaim;
  /**
   * Renews every lease, in one update where it can, and ends the claims that are gone.
   * @throws where the ledger did not renew one of them.
   */
  renew(): Promise<void>;
  /** Renews only the claims of these jobs, of which somebody says that they are gone. */
  look(jobIds: readonly string[]): Promise<void>;
  /** Ends the claims whose lease is past by this process's clock. */
  endLapsed(): void;
  /** Ends every claim: the process is stopping. */
  endAll(): void;
  readonly size: number;
}

/** Short of 2 s, so that a cancel whose hint was lost is noticed within them. */
const RENEW_MS = 1_800;
/** For so long leases are renewed together; a transaction that holds one of the jobs keeps all of them waiting. */
const TOGETHER_MS = 2_000;
/** Then each has so long by itself: both and the time between two renewals are less than a lease. */
const ALONE_MS = 1_000;
/** Apart from the renewal, which may hang for seconds on a store that is away. */
const LAPSE_CHECK_MS = 500;

type Asked = Pick<HeldClaim, 'jobId' | 'token'>;

interface Kept {
  jobId: string;
  leaseUntilMs: number;
  loss: ClaimLoss | null;
  abort: AbortController;
}

/** Keeps the claims of this process: one update renews them all, unless one of them holds it up. */
export function createClaimKeeper(options: { store: Store; clock: Clock; logger: Logger }): ClaimKeeper {
  const { store, clock, logger } = options;
  const claims = new Map<string, Kept>();

  function lose(token: string, loss: ClaimLoss) {
    const kept = claims.get(token);
    if (!kept || kept.loss) return;
    claims.delete(token);
    kept.loss = loss;
    kept.abort.abort();
    if (loss === 'lapsed') logger.warn({ jobId: kept.jobId }, 'a lease ran out under this process');
  }

  function endLapsed() {
    const now = clock.monotonic();
    for (const [token, { leaseUntilMs }] of claims) if (now >= leaseUntilMs) lose(token, 'lapsed');
  }

  async function renewWithin(maxTimeMS: number, asked: Asked[]) {
    const askedAt = clock.monotonic();
    const gone = new Set(await renewLeases(store, asked, { maxTimeMS }));
    for (const { token } of asked) {
      const kept = claims.get(token);
      if (gone.has(token)) lose(token, 'gone');
      else if (kept) kept.leaseUntilMs = askedAt + LEASE_MS;
    }
  }

  async function renew(isMeant: (jobId: string) => boolean = () => true) {
    endLapsed();
    const asked = [...claims].flatMap(([token, { jobId }]) => (isMeant(jobId) ? [{ token, jobId }] : []));
    await togetherOrAlone(asked, renewWithin);
  }

  const services = [
    createPeriodicService({ name: 'lease renewal', intervalMs: RENEW_MS, runOnce: () => renew(), logger }),
    createPeriodicService({
      name: 'lease check',
      intervalMs: LAPSE_CHECK_MS,
      runOnce: async () => endLapsed(),
      logger,
    }),
  ];

  return {
    hold({ jobId, token, sinceMs }) {
      const abort = new AbortController();
      const kept: Kept = { jobId, leaseUntilMs: sinceMs + LEASE_MS, loss: null, abort };
      claims.set(token, kept);
      return {
        jobId,
        token,
        signal: abort.signal,
        loss: () => kept.loss,
        isHeld() {
          if (clock.monotonic() >= kept.leaseUntilMs) lose(token, 'lapsed');
          return kept.loss === null;
        },
        release: () => void claims.delete(token),
      };
    },
    renew: () => renew(),
    look: (jobIds) => renew((jobId) => jobIds.includes(jobId)),
    endLapsed,
    endAll() {
      for (const token of claims.keys()) lose(token, 'stopping');
    },
    get size() {
      return claims.size;
    },
    start: async () => void (await Promise.all(services.map((service) => service.start()))),
    stop: async () => void (await Promise.all(services.map((service) => service.stop()))),
  };
}

/**
 * Renews all at once, or each by itself where that took too long: a transaction that holds one job must not cost the
 * others their claims. @throws where one was not renewed.
 */
async function togetherOrAlone(
  asked: Asked[],
  renewWithin: (maxTimeMS: number, asked: Asked[]) => Promise<void>,
): Promise<void> {
  try {
    await renewWithin(TOGETHER_MS, asked);
  } catch (err) {
    if (!isOutOfTime(err)) throw err;
    const ends = await Promise.allSettled(asked.map((claim) => renewWithin(ALONE_MS, [claim])));
    for (const end of ends) if (end.status === 'rejected') throw end.reason;
  }
}
