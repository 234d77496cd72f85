import type { ProviderFlag } from '@understudy/shared/contracts/provider';
import type { Store } from '@understudy/shared/store/connect';
import type { ProviderHealthDocument } from '@understudy/shared/store/health/model';
import { readLocks } from '@understudy/shared/store/key-holders/read-key-holders';
import type { ProviderDocument } from '@understudy/shared/store/providers/model';
import { readLatestHealth, readProviders } from '@understudy/shared/store/providers/read-provider';
import { readBudgets, type BudgetState } from '@understudy/shared/store/usage/read-budgets';

type Subject = Pick<
  ProviderDocument,
  '_id' | 'name' | 'type' | 'enabled' | 'flagged' | 'configuration' | 'apiKey'
>;

/** What is measured of one provider that is not deleted. */
export interface ProviderFacts extends Pick<ProviderDocument, 'name' | 'type' | 'enabled'> {
  flagged: ProviderFlag | null;
  /** Its latest health; null where it was never checked. */
  health: ProviderHealthDocument | null;
  /** Null where it has none. */
  budget: BudgetState<Subject> | null;
}

const FIELDS = { name: 1, type: 1, enabled: 1, flagged: 1, configuration: 1, apiKey: 1 } as const;

/** What the ledger knows of the providers, by name. */
export async function readProviderFacts(store: Store, nowMs: number): Promise<ProviderFacts[]> {
  const providers = await readProviders(store, { fields: FIELDS, sort: { name: 1 } });
  const ids = providers.map(({ _id }) => _id);
  const [health, findLock, budgets] = await Promise.all([
    readLatestHealth(store, ids),
    readLocks(store),
    readBudgets(store, providers, nowMs),
  ]);
  return providers.map(({ _id, name, type, enabled, flagged, apiKey }) => ({
    name,
    type,
    enabled,
    flagged: flagged?.reason ?? (findLock({ _id, apiKey }) ? 'unauthenticated' : null),
    health: health.get(_id) ?? null,
    budget: budgets.find(({ provider }) => provider._id === _id) ?? null,
  }));
}
