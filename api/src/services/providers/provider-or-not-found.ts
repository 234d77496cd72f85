import { NotFoundError } from '@understudy/shared/errors';
import type { ProviderDocument } from '@understudy/shared/store/providers/model';

/** @throws {NotFoundError} where there is no such provider. */
export function providerOrNotFound(provider: ProviderDocument | null): ProviderDocument {
  if (!provider) throw new NotFoundError('provider_not_found', 'There is no such provider.');
  return provider;
}
