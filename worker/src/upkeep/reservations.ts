import type { Logger } from '@understudy/shared/runtime/logger';
import { readAttemptCosts, type AttemptCost } from '@understudy/shared/store/attempts/read-attempts';
import type { Store } from '@understudy/shared/store/connect';
import { toMonthlyBudgetUsd } from '@understudy/shared/store/usage/budget';
import type { FleetAdmission } from '../dispatch/fleet/fleet-admission.ts';
import type { ProviderPool } from '../providers/provider-pool.ts';

export interface ReservationsDeps {
  store: Store;
  pool: Pick<ProviderPool, 'list'>;
  admission: Pick<FleetAdmission, 'findUnsettled' | 'settle'>;
  logger: Logger;
}

/**
 * Settles what nobody released: by its attempt's cost, once that is settled; as nothing where there is no attempt, for
 * then the call was never made. One that is still pending is left until its attempt is settled.
 */
export async function settleReservations({
  store,
  pool,
  admission,
  logger,
}: ReservationsDeps): Promise<void> {
  for (const { provider } of pool.list()) {
    if (toMonthlyBudgetUsd(provider.configuration) === null) continue;
    const callIds = await admission.findUnsettled(provider._id);
    if (callIds.length === 0) continue;
    const attempts = await readAttemptCosts(store, callIds);
    for (const callId of callIds) {
      const attempt = attempts.get(callId);
      if (attempt?.outcome === 'pending') continue;
      await admission.settle(
        provider._id,
        callId,
        attempt ? (toFirstCost(attempt) ?? attempt.reservedNanoUsd ?? 0) : 0,
      );
    }
    logger.info(
      { provider: provider.name, calls: callIds.length },
      'looked after reservations that nobody released',
    );
  }
}

/** What it cost when it ended: what pricing it again changed is told as a correction of the month. */
function toFirstCost({ costNanoUsd, repriced }: AttemptCost) {
  return repriced ? repriced.from.costNanoUsd : costNanoUsd;
}
