import type { DispatchConfig } from '@understudy/shared/contracts/dispatch-config';
import type { Clock } from '@understudy/shared/runtime/clock';
import type { Logger } from '@understudy/shared/runtime/logger';
import type { AttemptDocument, AttemptEnd } from '@understudy/shared/store/attempts/model';
import { findOrphanedAttempts, settleOrphan } from '@understudy/shared/store/attempts/orphaned-attempts';
import { LEASE_MS } from '@understudy/shared/store/jobs/claim-job';
import { boundLeases } from '@understudy/shared/store/jobs/bound-leases';
import { failCrashedJobs, forgiveProgressed } from '@understudy/shared/store/jobs/fail-crashed-jobs';
import type { Store } from '@understudy/shared/store/connect';
import { refreshUsage } from '@understudy/shared/store/jobs/refresh-usage';
import { findLapsedJobs, returnLapsedJobs } from '@understudy/shared/store/jobs/return-jobs';
import { erasesTexts } from '@understudy/shared/store/jobs/to-final';
import type { Admission } from '../dispatch/admission/admission.ts';
import { toOrphanEnd } from './to-orphan-end.ts';

export interface ClaimsDeps {
  store: Store;
  admission: Pick<Admission, 'charge'>;
  settings: { current(): Pick<DispatchConfig, 'retention'> };
  clock: Clock;
  logger: Logger;
}

const MAX_LAPSED = 500;
/** Each is settled on its own. */
const MAX_ORPHANS = 100;
/** A worker that is only slow, or whose ledger was away, settles its own attempts within this time. */
const ORPHAN_GRACE_MS = 30_000;

/**
 * Whose leases ran out while the ledger was away may live all the same, and hold an answer that was paid for: it is
 * given this long to write it.
 */
const AFTER_OUTAGE_MS = LEASE_MS;
/** A find that takes longer may have run after the ledger stood still: by its clock, leases of the living have lapsed. */
const FIND_TIMEOUT_MS = LEASE_MS / 2;

/** Takes up what dead workers left: their jobs wait for the feeder again, their attempts are settled by an estimate. */
export async function freeClaims(deps: ClaimsDeps): Promise<void> {
  if (deps.store.outage.steadyMs() < AFTER_OUTAGE_MS) return;
  await boundLeases(deps.store);
  await bringBackLapsed(deps);
  await settleOrphans(deps);
}

async function bringBackLapsed(deps: ClaimsDeps) {
  const { store, settings, clock, logger } = deps;
  const askedAt = clock.monotonic();
  const lapsed = await findLapsedJobs(store, MAX_LAPSED);
  if (lapsed.length === 0) return;
  if (clock.monotonic() - askedAt > FIND_TIMEOUT_MS) {
    logger.warn(
      { lapsed: lapsed.length },
      'the ledger was slow to tell lapsed claims: they are looked for again',
    );
    return;
  }
  await forgiveProgressed(store, lapsed);
  const failed = await failCrashedJobs(store, lapsed, { erasesText: erasesTexts(settings.current()) });
  const returned = await returnLapsedJobs(store, lapsed);
  logger.info({ failed, returned }, 'took up jobs whose worker is gone');
}

async function settleOrphans(deps: ClaimsDeps) {
  const { store, clock, logger } = deps;
  const before = new Date(clock.now() - ORPHAN_GRACE_MS);
  const orphans = await findOrphanedAttempts(store, before, MAX_ORPHANS);
  for (const orphan of orphans) {
    const end = toOrphanEnd(orphan);
    if (await settleOrphan(store, orphan._id, end)) await tellCost(deps, orphan, end);
  }
  if (orphans.length > 0) logger.info({ attempts: orphans.length }, 'settled attempts whose worker is gone');
}

/** To its job; or to the budget of its provider where nothing was reserved there, as for a test or a check. */
async function tellCost({ store, admission }: ClaimsDeps, orphan: AttemptDocument, end: AttemptEnd) {
  const { _id: id, purpose, jobId, provider } = orphan;
  const { costNanoUsd } = end;
  if (purpose === 'job') await refreshUsage(store, jobId);
  else if (purpose !== 'drill' && costNanoUsd !== null)
    await admission.charge(provider.id, { id, costNanoUsd });
}
