import type { ProviderInput } from '@understudy/shared/contracts/provider';
import { baseUrl, providerInput } from '@understudy/shared/contracts/provider';
import type { ProviderDocument } from '@understudy/shared/store/providers/model';
import { findProvider } from '@understudy/shared/store/providers/read-provider';
import { replaceProvider as writeNext } from '@understudy/shared/store/providers/write-provider';
import { inTransaction } from '@understudy/shared/store/transaction';
import { bumpVersion } from '@understudy/shared/store/versions/versions';
import type { Context } from '../../context.ts';
import { assertMatches, toEtag } from '../../http/etag.ts';
import { mergePatch } from '../../http/merge-patch.ts';
import { parseInput, toBodyPointer } from '../../http/parse-input.ts';
import { assertCallable } from '../assert-callable.ts';
import { auditChange, type Change } from '../audit/audit-change.ts';
import { providerOrNotFound } from './provider-or-not-found.ts';
import type { TaggedProvider } from './get.ts';
import { toNextDocument, toReset, toTombstone } from './to-document.ts';
import { describeProvider, toAudited, toInput } from './to-provider.ts';
import { refreshCaches } from '../refresh-caches.ts';

interface ProviderChange extends Change {
  idOrName: string;
  ifMatch: string | undefined;
}

/** Writes a provider whole. @throws not found, `stale`, name taken, or {ValidationError} for its key or its address. */
export async function replaceProvider(
  ctx: Context,
  { input, ...change }: ProviderChange & { input: ProviderInput },
): Promise<TaggedProvider> {
  await assertCallable(ctx, '/baseUrl', input.baseUrl);
  return describeWritten(
    ctx,
    await write(ctx, change, 'provider.updated', (current, now) =>
      toNextDocument(ctx.keyRing, current, input, now),
    ),
  );
}

/** Changes what the patch names (RFC 7396). @throws what `replaceProvider` throws, and for a result that is not valid. */
export async function patchProvider(
  ctx: Context,
  { patch, ...change }: ProviderChange & { patch: Record<string, unknown> },
): Promise<TaggedProvider> {
  await assertCallable(ctx, '/baseUrl', baseUrl.safeParse(patch['baseUrl']).data ?? null);
  return describeWritten(
    ctx,
    await write(ctx, change, 'provider.updated', (current, now) => {
      const merged = mergePatch(toInput(current), patch) as Record<string, unknown>;
      // In a merge null removes a member, but here it says that the stored key is to go.
      const body = patch['apiKey'] === null ? { ...merged, apiKey: null } : merged;
      return toNextDocument(ctx.keyRing, current, parseInput(providerInput, body, toBodyPointer), now);
    }),
  );
}

/** Takes a provider out of service for good; its usage and health stay readable by its id. */
export async function deleteProvider(ctx: Context, change: ProviderChange): Promise<void> {
  await write(ctx, change, 'provider.deleted', toTombstone);
}

/** Closes its circuit, ends its cooldown and ramp, and takes its flag away: the workers do so within a second. */
export async function resetProvider(
  ctx: Context,
  change: Omit<ProviderChange, 'ifMatch'>,
): Promise<TaggedProvider> {
  const reset = { ...change, ifMatch: undefined };
  return describeWritten(ctx, await write(ctx, reset, 'provider.reset', toReset));
}

/** One change in one transaction, read and written; begun again where it met another. */
async function write(
  ctx: Context,
  { idOrName, ifMatch, ...change }: ProviderChange,
  action: 'provider.updated' | 'provider.deleted' | 'provider.reset',
  toNext: (current: ProviderDocument, now: Date) => ProviderDocument,
): Promise<ProviderDocument> {
  const written = await inTransaction(ctx.store, async (session) => {
    const current = providerOrNotFound(await findProvider(ctx.store, idOrName, session));
    assertMatches(ifMatch, toEtag(current._id, current.revision));
    const next = toNext(current, new Date(ctx.clock.now()));
    await writeNext(ctx.store, next, session);
    const target = { kind: 'provider', id: next._id, name: next.name };
    const after = action === 'provider.deleted' ? null : toAudited(next);
    await auditChange(ctx, change, { action, target, before: toAudited(current), after }, session);
    await bumpVersion(ctx.store, 'providers', session);
    return next;
  });
  await refreshCaches(ctx);
  return written;
}

async function describeWritten(ctx: Context, written: ProviderDocument): Promise<TaggedProvider> {
  return { provider: await describeProvider(ctx, written), etag: toEtag(written._id, written.revision) };
}
