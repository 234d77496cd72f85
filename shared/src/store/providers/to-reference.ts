import type { ProviderReference } from '../../contracts/classification.ts';
import { LOCAL_MODEL } from '../../contracts/provider.ts';
import type { ProviderDocument } from './model.ts';

/** Who a provider is, as attempts and readings show it. */
export function toProviderReference({
  _id,
  name,
  type,
  configuration,
}: Pick<ProviderDocument, '_id' | 'name' | 'type' | 'configuration'>): ProviderReference {
  return { id: _id, name, type, model: 'model' in configuration ? configuration.model : LOCAL_MODEL };
}
