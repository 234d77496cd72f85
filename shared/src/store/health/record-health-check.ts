import type { HealthStatus } from '../../contracts/provider.ts';
import type { Store } from '../connect.ts';
import { toNative } from '../define-model.ts';
import { inTransaction } from '../transaction.ts';
import type { HealthCheckDocument, ProviderHealthDocument } from './model.ts';

export type HealthCheckRecord = Omit<HealthCheckDocument, 'status'>;

/** Decides what a provider's health becomes, given what it was and what was found. Pure: it may run again. */
export type DecideHealth = (
  previous: Pick<ProviderHealthDocument, 'status' | 'dissent'> | null,
  found: HealthStatus,
) => Pick<ProviderHealthDocument, 'status' | 'dissent'>;

/** A check from further ahead than this was of a clock that is wrong, in milliseconds. */
const MAX_AHEAD_MS = 10_000;

/**
 * Puts a check on record: its row, and the provider's latest health as `decide` says, in one transaction, so that of
 * checks that end at the same time each builds on the other. A check older than the latest leaves the latest as it
 * is, unless that one is of a clock far ahead. A check that is on record already changes nothing.
 * @returns the row in force.
 */
export async function recordHealthCheck(
  store: Store,
  check: HealthCheckRecord,
  decide: DecideHealth,
): Promise<HealthCheckDocument> {
  const checks = toNative(store.healthChecks);
  const latest = toNative(store.providerHealth);
  return inTransaction(store, async (session) => {
    const known = await checks.findOne({ _id: check._id }, { session });
    if (known) return known as HealthCheckDocument;
    const previous = await latest.findOne({ _id: check.providerId }, { session });
    const latestTrue = store.clock.now() + MAX_AHEAD_MS;
    if (previous && previous.checkedAt > check.at && Number(previous.checkedAt) <= latestTrue) {
      const row = { ...check, status: previous.status };
      await checks.insertOne(row, { session });
      return row;
    }
    const { status, dissent } = decide(previous as ProviderHealthDocument | null, check.found);
    const { responseTimeMs, errorMessage, at: checkedAt, found } = check;
    const good = found === 'healthy' ? { healthyAt: checkedAt } : {};
    await latest.updateOne(
      { _id: check.providerId },
      { $set: { status, dissent, responseTimeMs, errorMessage, checkedAt, ...good } },
      { session, upsert: true },
    );
    const row = { ...check, status };
    await checks.insertOne(row, { session });
    return row;
  });
}
