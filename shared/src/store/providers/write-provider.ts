import type { ClientSession } from 'mongoose';
import { ConflictError } from '../../errors.ts';
import type { Store } from '../connect.ts';
import { isDuplicateKey } from '../insert-each.ts';
import type { ProviderDocument } from './model.ts';

/**
 * Writes a new provider. Jobs that named another by a former name like its own go to this one from now on.
 * @throws {ConflictError} where a provider has that name.
 */
export async function insertProvider(
  store: Store,
  provider: ProviderDocument,
  session: ClientSession,
): Promise<void> {
  try {
    await store.providers.create([provider], { session });
    await takeName(store, provider, session);
  } catch (error) {
    throw toNameConflict(error, provider.name);
  }
}

/**
 * Writes a provider's new state over the revision it was made from. Its name, too, is then no other's former one.
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
    await takeName(store, { _id, nameKey: next.nameKey }, session);
  } catch (error) {
    throw toNameConflict(error, next.name);
  }
}

/** Takes the name of this one from whoever had it before. */
async function takeName(
  store: Store,
  { _id, nameKey }: Pick<ProviderDocument, '_id' | 'nameKey'>,
  session: ClientSession,
): Promise<void> {
  if (nameKey === null) return;
  const others = { _id: { $ne: _id }, formerNames: nameKey };
  await store.providers.updateMany(others, { $pull: { formerNames: nameKey } }, { session });
}

function toNameConflict(error: unknown, name: string): unknown {
  if (!isDuplicateKey(error)) return error;
  return new ConflictError('provider_name_taken', `There is a provider named ${name} already.`);
}
