import type { ProviderInput } from '@understudy/shared/contracts/provider';
import { createId } from '@understudy/shared/ids';
import { insertProvider } from '@understudy/shared/store/providers/write-provider';
import { inTransaction } from '@understudy/shared/store/transaction';
import { bumpVersion } from '@understudy/shared/store/versions/versions';
import type { Context } from '../../context.ts';
import { toEtag } from '../../http/etag.ts';
import { assertCallable } from '../assert-callable.ts';
import { auditChange, type Change } from '../audit/audit-change.ts';
import type { TaggedProvider } from './get.ts';
import { toNewDocument } from './to-document.ts';
import { describeProvider, toAudited } from './to-provider.ts';
import { refreshCaches } from '../refresh-caches.ts';

/** Adds a provider. @throws {ConflictError} where its name is taken; {ValidationError} where it lacks a key or must not be called. */
export async function createProvider(
  ctx: Context,
  { input, ...change }: Change & { input: ProviderInput },
): Promise<TaggedProvider> {
  await assertCallable(ctx, '/baseUrl', input.baseUrl);
  const provider = toNewDocument(ctx.keyRing, createId('prv'), input, new Date(ctx.clock.now()));
  const target = { kind: 'provider', id: provider._id, name: provider.name };
  await inTransaction(ctx.store, async (session) => {
    await insertProvider(ctx.store, provider, session);
    const entry = { action: 'provider.created', target, before: null, after: toAudited(provider) };
    await auditChange(ctx, change, entry, session);
    await bumpVersion(ctx.store, 'providers', session);
  });
  await refreshCaches(ctx);
  return {
    provider: await describeProvider(ctx, provider),
    etag: toEtag(provider._id, provider.revision),
  };
}
