import { createKeyRing } from '../secrets/key-ring.ts';
import type { LockedKey } from '../store/key-holders/model.ts';
import { writeKeyHolder } from '../store/key-holders/write-key-holder.ts';
import { toApiKeyPlace, type ProviderDocument } from '../store/providers/model.ts';
import { buildProvider } from './builders.ts';
import type { TestBed } from './test-bed.ts';

export const API_KEY = 'sk-a-key-that-nobody-may-see';

type Place = Pick<TestBed, 'store' | 'masterKeys'>;

/** Puts a provider into the ledger, with its key sealed. */
export async function addSealedProvider(
  { store, masterKeys }: Place,
  change: Partial<ProviderDocument> = {},
): Promise<ProviderDocument> {
  const _id = `prv_${change.name ?? 'main'}`;
  const apiKey = createKeyRing(masterKeys).encrypt(API_KEY, toApiKeyPlace(_id));
  const provider = buildProvider({ _id, apiKey, ...change });
  await store.providers.create(provider);
  return provider;
}

/** A worker that says that it runs, for long enough that a machine that is busy does not make it dead. */
export async function addLivingWorker({ store, masterKeys }: Place, locked: LockedKey[] = []): Promise<void> {
  const { keys } = createKeyRing(masterKeys);
  await writeKeyHolder(store, { _id: 'host:1:a', role: 'worker', keys: [...keys], locked });
  await store.keyHolders.updateOne({ _id: 'host:1:a' }, { seenAt: new Date(Date.now() + 60_000) });
}
