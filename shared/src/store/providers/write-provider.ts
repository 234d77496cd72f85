import type { ClientSession } from 'mongoose';
import { ConflictError } from '../../errors.ts';
import type { Store } from '../connect.ts';
import { isDuplicateKey } from '../insert-each.ts';
import type { ProviderDocument } from './model.ts';

/** Writes a new provider. @throws {ConflictError} where the name is taken. */
export async function insertProvider(
  store: Store,
  provider: ProviderDocument,
  session: ClientSession,
): Promise<void> {
  try {
    await store.providers.create([provider], { session });
  } catch (error) {
    throw toNameConflict(error, provider.name);
  }
}

/**
 * Writes a provider's new state over the revision it was made from.
 * @throws {ConflictError} where it changed since it was read, or the new name is taken.
 */
export async function replaceProvider(
  store: Store,
  { _id, createdAt: _createdAt, ...next }: ProviderDocument,
  session: ClientSession,
): Promise<void> {
  try {
    const { matchedCount } = await store.providers.updateOne(
      { _id, revision: next.revision - 1, deletedAt: null },
      { $set: next },
      { session },
    );
    if (matchedCount === 0) throw new ConflictError('stale', 'Somebody else changed it at the same moment.');
  } catch (error) {
    throw toNameConflict(error, next.name);
  }
}

function toNameConflict(error: unknown, name: string): unknown {
  if (!isDuplicateKey(error)) return error;
  return new ConflictError('provider_name_taken', `There is a provider named ${name} already.`);
}
