import type { RemoteConfiguration } from '@understudy/shared/contracts/provider';
import { REMOTE_CONFIGURATION } from '@understudy/shared/testing/builders';
import type { ProviderConnection } from '../adapter.ts';

/** A remote provider's connection with plain settings. */
export function connectionOf(
  type: 'openai' | 'anthropic' | 'openai-compatible',
  baseUrl: string,
  more: { apiKey?: string | null; configuration?: Partial<RemoteConfiguration> } = {},
): ProviderConnection {
  return {
    id: 'prv_test',
    type,
    baseUrl,
    apiKey: more.apiKey === undefined ? 'sk-test-8f2c61d09a-secret' : more.apiKey,
    configuration: {
      model: 'fake-large',
      ...REMOTE_CONFIGURATION,
      ...more.configuration,
    },
  };
}
