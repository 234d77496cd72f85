import type { ProviderDocument } from '@understudy/shared/store/providers/model';
import type { ProviderConnection } from '../llm/adapter.ts';

/** A stored provider as an adapter takes it, with its key in the clear. */
export function toConnection(provider: ProviderDocument, apiKey: string | null): ProviderConnection {
  const { _id, type, name, baseUrl, configuration } = provider;
  return { id: _id, type, name, baseUrl, configuration, apiKey };
}
