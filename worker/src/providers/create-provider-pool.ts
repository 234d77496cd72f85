import type { Logger } from '@understudy/shared/runtime/logger';
import type { KeyRing } from '@understudy/shared/secrets/key-ring';
import type { LockedKey } from '@understudy/shared/store/key-holders/model';
import type { Store } from '@understudy/shared/store/connect';
import type { ProviderDocument } from '@understudy/shared/store/providers/model';
import { readProviders } from '@understudy/shared/store/providers/read-provider';
import { toProviderReference } from '@understudy/shared/store/providers/to-reference';
import type { AdapterDeps, CreateAdapter } from '../llm/adapter.ts';
import { unsealApiKey, toKeyMark, type OpenedKey } from './unseal-api-key.ts';
import type { PooledProvider, ProviderPool } from './provider-pool.ts';
import { createSharedAdapter, type SharedAdapter } from './shared-adapter.ts';
import { toConnection } from './to-connection.ts';
import { createUnusableAdapter } from '../llm/unusable-adapter.ts';

interface ProviderPoolOptions {
  store: Store;
  keyRing: KeyRing;
  createAdapter: CreateAdapter;
  adapterDeps: AdapterDeps;
  logger: Logger;
  /** Told of the providers after every reload. */
  onReload?: (providers: readonly PooledProvider[]) => void;
}

interface Entry extends PooledProvider {
  /** What the adapter was made from, with a mark in place of its key; as long as it is the same, so is the adapter. */
  fingerprint: string;
  /** Why its key does not open here; null where it does. */
  locked: LockedKey | null;
  shared: SharedAdapter;
}

/** The providers of this process; empty until its first reload. */
export function createProviderPool(options: ProviderPoolOptions): ProviderPool {
  const { store, keyRing, createAdapter, adapterDeps, logger, onReload } = options;
  let entries = new Map<string, Entry>();
  let reloading: Promise<void> = Promise.resolve();

  async function reload() {
    const documents = await readProviders(store);
    documents.sort((a, b) => a.priority - b.priority || a.name.localeCompare(b.name, 'en'));
    const before = entries;
    entries = new Map(
      documents.map((document) => [document._id, toEntry(document, before.get(document._id))]),
    );
    for (const [id, old] of before) if (entries.get(id)?.shared !== old.shared) void old.shared.retire();
    onReload?.(list());
  }

  function toEntry(document: ProviderDocument, old: Entry | undefined): Entry {
    const { apiKey, ...provider } = document;
    const opened = unsealApiKey(document, keyRing);
    const fingerprint = JSON.stringify(toConnection(provider, toKeyMark(opened, document)));
    const made =
      old?.fingerprint === fingerprint
        ? { shared: old.shared, problem: old.provider.flagged }
        : makeAdapter(document, opened);
    const { wrappedKey = '' } = apiKey ?? {};
    return {
      // Not flagged in the store: another worker may have the key.
      provider: made.shared.isUsable ? provider : { ...provider, flagged: made.problem },
      reference: toProviderReference(document),
      adapter: made.shared.adapter,
      fingerprint,
      locked: opened.ok ? null : { providerId: provider._id, wrappedKey, message: opened.message },
      shared: made.shared,
    };
  }

  function makeAdapter(document: ProviderDocument, opened: OpenedKey) {
    try {
      if (!opened.ok) throw new Error(opened.message);
      const adapter = createAdapter(toConnection(document, opened.value), adapterDeps);
      return { shared: createSharedAdapter(adapter, { isUsable: true, logger }), problem: null };
    } catch (err) {
      logger.error({ err, provider: document.name }, 'a provider cannot be used by this worker');
      const message = `This worker cannot use the provider: ${err instanceof Error ? err.message : 'unknown reason'}`;
      const { model } = toProviderReference(document);
      const adapter = createUnusableAdapter(model, message);
      return {
        shared: createSharedAdapter(adapter, { isUsable: false, logger }),
        problem: { reason: 'unauthenticated' as const, at: new Date(), message },
      };
    }
  }

  function list(): PooledProvider[] {
    return [...entries.values()];
  }

  return {
    list,
    get: (id) => entries.get(id) ?? null,
    canUseAll: () =>
      [...entries.values()].every(({ provider, shared }) => shared.isUsable || !provider.enabled),
    locked: () => [...entries.values()].flatMap(({ locked }) => locked ?? []),
    reload() {
      // One after the other: a slow reload must not overwrite what a later one read.
      reloading = reloading.catch(() => {}).then(reload);
      return reloading;
    },
    async close() {
      const open = [...entries.values()];
      entries = new Map();
      await Promise.all(open.map(({ shared }) => shared.retire()));
    },
  };
}
