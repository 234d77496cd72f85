import { dispatchConfig, type DispatchConfig } from '@understudy/shared/contracts/dispatch-config';
import { readClassifierIndex } from '@understudy/shared/store/classifiers/read-classifier';
import type { Store } from '@understudy/shared/store/connect';
import {
  readDeletedIndex,
  readProviderIndex,
  type ProviderIndexEntry,
} from '@understudy/shared/store/providers/read-provider';
import { byNameKeys } from '@understudy/shared/store/providers/to-name-keys';
import { readDispatchConfig } from '@understudy/shared/store/settings/read-dispatch-config';

interface ClassifierIndexEntry {
  id: string;
  name: string;
  version: number;
}

export interface Catalogue {
  loadProviders(): Promise<void>;
  loadClassifiers(): Promise<void>;
  loadConfig(): Promise<void>;
  /** A provider by its present name, in whatever case. */
  provider(name: string): ProviderIndexEntry | undefined;
  providers(): ProviderIndexEntry[];
  /** Of those that a job names, or of all for one that names nobody where none is on: who is switched off or deleted. */
  listOff(names: readonly string[] | null): ProviderIndexEntry[];
  classifier(name: string): ClassifierIndexEntry | undefined;
  config(): DispatchConfig;
}

/** What a submit is checked against, in memory; the version watcher keeps it current. */
export function createCatalogue(store: Store): Catalogue {
  let providers = new Map<string, ProviderIndexEntry>();
  let byAnyName = new Map<string, ProviderIndexEntry>();
  let deleted = new Map<string, ProviderIndexEntry>();
  let classifiers = new Map<string, ClassifierIndexEntry>();
  let config = dispatchConfig.parse({});

  return {
    async loadProviders() {
      const [present, gone] = await Promise.all([readProviderIndex(store), readDeletedIndex(store)]);
      providers = new Map(present.map((entry) => [entry.name.toLowerCase(), entry]));
      byAnyName = byNameKeys(present, toSelf);
      // Of those that bore a name one after the other, the last.
      deleted = byNameKeys(gone.toReversed(), toSelf);
    },
    async loadClassifiers() {
      const entries = await readClassifierIndex(store);
      classifiers = new Map(entries.map(({ _id, name, version }) => [name, { id: _id, name, version }]));
    },
    async loadConfig() {
      config = await readDispatchConfig(store);
    },
    provider: (name) => providers.get(name.toLowerCase()),
    providers: () => [...providers.values()],
    listOff(names) {
      if (names === null) {
        const all = [...providers.values()];
        return all.some(({ enabled }) => enabled) ? [] : all;
      }
      const off = names.flatMap((name) => {
        const key = name.toLowerCase();
        const present = byAnyName.get(key);
        return present?.enabled ? [] : (present ?? deleted.get(key) ?? []);
      });
      return [...new Set(off)];
    },
    classifier: (name) => classifiers.get(name),
    config: () => config,
  };
}

const toSelf = (entry: ProviderIndexEntry) => entry;
