import type { Store } from '../connect.ts';
import type { AttemptDocument } from './model.ts';

/**
 * Writes an attempt that no job's claim stands behind, as of a test, a deep check or a drill, before its call.
 * @throws the driver's error where the ledger does not confirm it; it may have it all the same.
 */
export async function insertAttempt(store: Store, attempt: AttemptDocument): Promise<void> {
  await store.attempts.create(attempt);
}

/**
 * The number of the next attempt made for this owner: not 1 where a worker died over one and another took it up.
 * @throws the driver's error where the ledger is away.
 */
export async function readNextNumber(store: Store, ownerId: string): Promise<number> {
  return 1 + (await store.attempts.countDocuments({ jobId: ownerId }));
}
