import type { Envelope } from '../../secrets/key-ring.ts';
import type { Store } from '../connect.ts';
import type { KeyHolderDocument } from './model.ts';

/** A process says every 5 s that it runs; one that was silent for so long does not. */
const LIVES_MS = 15_000;

/** The processes that run, by id. */
export async function readKeyHolders(store: Store): Promise<KeyHolderDocument[]> {
  return store.keyHolders
    .find({ $expr: { $gt: ['$seenAt', { $subtract: ['$$NOW', LIVES_MS] }] } })
    .sort({ _id: 1 })
    .lean<KeyHolderDocument[]>();
}

/** Why a provider's key cannot be opened, for an operator; null where every worker that runs has opened it. */
export type FindLock = (provider: { _id: string; apiKey: Envelope | null }) => string | null;

/** What the workers that run cannot open. A new key is not held up by what was said of the one before. */
export async function readLocks(store: Store): Promise<FindLock> {
  const workers = (await readKeyHolders(store)).filter(({ role }) => role === 'worker');
  return ({ _id, apiKey }) => {
    if (apiKey === null) return null;
    const locks = workers.flatMap(({ locked }) =>
      locked.filter(({ providerId, wrappedKey }) => providerId === _id && wrappedKey === apiKey.wrappedKey),
    );
    const [first] = locks;
    if (!first) return null;
    if (locks.length === workers.length) return `Its API key cannot be opened. ${first.message}`;
    return `${locks.length} of ${workers.length} workers cannot open its API key, and pass it over. ${first.message}`;
  };
}
