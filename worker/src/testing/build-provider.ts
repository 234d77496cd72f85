import type { ProviderDocument } from '@understudy/shared/store/providers/model';
import { buildProvider as buildStored, REMOTE_CONFIGURATION } from '@understudy/shared/testing/builders';
import type { Adapter } from '../llm/adapter.ts';
import type { PooledProvider } from '../providers/provider-pool.ts';
import { createFakeProvider } from './fake-adapter.ts';

const REMOTE = {
  ...REMOTE_CONFIGURATION,
  model: 'fake-model',
  price: { inputUsdPerMillion: 1, outputUsdPerMillion: 10 },
};

/** What a provider has that was taken out until an operator mends it. */
export const FLAGGED: NonNullable<ProviderDocument['flagged']> = {
  reason: 'quota',
  at: new Date(),
  message: '',
};

type RemoteOverrides =
  | Partial<typeof REMOTE>
  | { contextWindow: number }
  | { tokensPerMinute: number; maxConcurrency?: number }
  | { monthlyBudgetUsd: number }
  | { price: null };
export type ProviderOverrides = Partial<Omit<ProviderDocument, 'configuration'>> & {
  configuration?: RemoteOverrides;
};

/** A provider as stored: an openai-compatible one with a price of 1 and 10 USD a million, or `local`. */
export function buildProvider({ configuration, ...overrides }: ProviderOverrides = {}): ProviderDocument {
  const isLocal = overrides.type === 'local';
  return buildStored({
    type: 'openai-compatible',
    baseUrl: isLocal ? null : 'http://vendor.invalid/v1',
    configuration: isLocal
      ? { timeoutMs: 10_000, maxConcurrency: 16, ...(configuration as object) }
      : { ...REMOTE, ...(configuration as object) },
    ...overrides,
  });
}

/** The same as a pool holds it. */
export function buildPooled(overrides: ProviderOverrides = {}, adapter?: Adapter): PooledProvider {
  const { apiKey: _key, ...provider } = buildProvider(overrides);
  const { _id: id, name, type } = provider;
  return {
    provider,
    reference: { id, name, type, model: 'fake-model' },
    adapter: adapter ?? createFakeProvider().createAdapter('fake-model'),
  };
}
