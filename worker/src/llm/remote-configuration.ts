import type { ModelConfiguration, ProviderConnection } from './adapter.ts';

/**
 * The configuration of a provider that calls a model over HTTP.
 * @throws {TypeError} for any other (a defect: the registry chooses by type).
 */
export function toRemoteConfiguration({ configuration, type }: ProviderConnection): ModelConfiguration {
  if (configuration) return configuration;
  throw new TypeError(`A provider of type ${type} has no model.`);
}
