import type { Provider } from '@understudy/shared/contracts/provider';
import { findProvider } from '@understudy/shared/store/providers/read-provider';
import type { Context } from '../../context.ts';
import { toEtag } from '../../http/etag.ts';
import { providerOrNotFound } from './provider-or-not-found.ts';
import { describeProvider } from './to-provider.ts';

export interface TaggedProvider {
  provider: Provider;
  etag: string;
}

/** One provider by id or name, with the tag of its revision. @throws {NotFoundError} where there is none. */
export async function getProvider(ctx: Context, idOrName: string): Promise<TaggedProvider> {
  const found = providerOrNotFound(await findProvider(ctx.store, idOrName));
  return { provider: await describeProvider(ctx, found), etag: toEtag(found._id, found.revision) };
}
