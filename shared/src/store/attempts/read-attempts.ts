import type { Store } from '../connect.ts';
import type { AttemptDocument } from './model.ts';

/** What an attempt held of its provider's budget, and what it cost. */
export type AttemptCost = Pick<
  AttemptDocument,
  '_id' | 'outcome' | 'costNanoUsd' | 'reservedNanoUsd' | 'repriced'
>;
const COST_FIELDS = { outcome: 1, costNanoUsd: 1, reservedNanoUsd: 1, repriced: 1 } as const;

/**
 * The attempts of a job from its first to this number, in no order.
 * @throws the driver's error where the ledger is away, as does the other.
 */
export async function readAttemptsUpTo(
  store: Store,
  jobId: string,
  number: number,
): Promise<AttemptDocument[]> {
  return store.attempts.find({ jobId, number: { $lte: number } }).lean<AttemptDocument[]>();
}

/** The costs of those of these attempts that there are, by id. */
export async function readAttemptCosts(
  store: Store,
  attemptIds: readonly string[],
): Promise<Map<string, AttemptCost>> {
  const found = await store.attempts
    .find({ _id: { $in: [...attemptIds] } }, COST_FIELDS)
    .lean<AttemptCost[]>();
  return new Map(found.map((attempt) => [attempt._id, attempt]));
}
