import type { KeyRing } from '@understudy/shared/secrets/key-ring';
import { toApiKeyPlace, type ProviderDocument } from '@understudy/shared/store/providers/model';
import type { ProviderConnection } from './llm/adapter.ts';

/**
 * A stored provider with its key in the clear.
 * @throws where the key does not open: its master key is not there, or the record was altered.
 */
export function toConnection(provider: ProviderDocument, keyRing: KeyRing): ProviderConnection {
  const { _id, type, name, baseUrl, configuration, apiKey } = provider;
  return {
    id: _id,
    type,
    name,
    baseUrl,
    configuration,
    apiKey: apiKey === null ? null : keyRing.decrypt(apiKey, toApiKeyPlace(_id)),
  };
}
