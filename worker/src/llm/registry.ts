import type { ProviderType } from '@understudy/shared/contracts/provider';
import type { Adapter, AdapterDeps, CreateAdapter, ProviderConnection } from './adapter.ts';
import { createAnthropicAdapter } from './anthropic/client.ts';
import { createLocalAdapter } from './local/adapter.ts';
import { createOpenAiCompatibleAdapter } from './openai-compatible/client.ts';
import { createOpenAiAdapter } from './openai/client.ts';

const ADAPTERS: Record<ProviderType, CreateAdapter> = {
  openai: createOpenAiAdapter,
  anthropic: createAnthropicAdapter,
  'openai-compatible': createOpenAiCompatibleAdapter,
  local: createLocalAdapter,
};

/**
 * The adapter of a provider, by its type.
 * @throws {TypeError} where its base URL cannot be one.
 */
export function createAdapter(connection: ProviderConnection, deps: AdapterDeps): Adapter {
  return ADAPTERS[connection.type](connection, deps);
}
