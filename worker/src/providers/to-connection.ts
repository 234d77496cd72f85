import type { ProviderDocument } from '@understudy/shared/store/providers/model';
import type { ModelConfiguration, ProviderConnection } from '../llm/adapter.ts';

/** A stored provider as an adapter takes it, with its key in the clear. */
export function toConnection(
  { _id: id, type, baseUrl, configuration }: Omit<ProviderDocument, 'apiKey'>,
  apiKey: string | null,
): ProviderConnection {
  return { id, type, baseUrl, apiKey, configuration: toModelConfiguration(configuration) };
}

function toModelConfiguration(configuration: ProviderDocument['configuration']): ModelConfiguration | null {
  if (!('model' in configuration)) return null;
  const { model, maxOutputTokens } = configuration;
  return { model, maxOutputTokens };
}
