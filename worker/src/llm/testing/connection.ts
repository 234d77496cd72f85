import type { RemoteConfiguration } from '@understudy/shared/contracts/provider';
import type { ProviderConnection } from '../adapter.ts';

/** A remote provider's connection with plain settings. */
export function connectionOf(
  type: 'openai' | 'anthropic' | 'openai-compatible',
  baseUrl: string,
  more: { apiKey?: string | null; configuration?: Partial<RemoteConfiguration> } = {},
): ProviderConnection {
  return {
    id: 'prv_test',
    name: 'main',
    type,
    baseUrl,
    apiKey: more.apiKey === undefined ? 'sk-test-8f2c61d09a-secret' : more.apiKey,
    configuration: {
      model: 'fake-large',
      timeoutMs: 10_000,
      maxConcurrency: 16,
      tokensPerMinute: null,
      weight: 1,
      monthlyBudgetUsd: null,
      price: null,
      maxOutputTokens: 512,
      contextWindow: null,
      ...more.configuration,
    },
  };
}
