import type { Clock } from '@understudy/shared/runtime/clock';
import { createPeriodicService, type Service } from '@understudy/shared/runtime/lifecycle';
import type { Logger } from '@understudy/shared/runtime/logger';
import type { Store } from '@understudy/shared/store/connect';
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
  /** Renews every lease in one update and ends the claims that are gone. */
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
/** Apart from the renewal, which may hang for seconds on a store that is away. */
const LAPSE_CHECK_MS = 500;

interface Kept {
  jobId: string;
  leaseUntilMs: number;
  loss: ClaimLoss | null;
  abort: AbortController;
}

/** Keeps the claims of this process: one update renews them all. */
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

  async function renew(isMeant: (jobId: string) => boolean = () => true) {
    endLapsed();
    const asked = [...claims].flatMap(([token, { jobId }]) => (isMeant(jobId) ? [{ token, jobId }] : []));
    const askedAt = clock.monotonic();
    const gone = new Set(await renewLeases(store, asked));
    for (const { token } of asked) {
      const kept = claims.get(token);
      if (gone.has(token)) lose(token, 'gone');
      else if (kept) kept.leaseUntilMs = askedAt + LEASE_MS;
    }
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
