import type { ProviderFlag } from '../../contracts/provider.ts';
import type { Store } from '../connect.ts';
import { inTransaction } from '../transaction.ts';
import { bumpVersion } from '../versions/versions.ts';

/** The provider as the caller knew it: a change by an operator since then makes the call do nothing. */
interface KnownProvider {
  _id: string;
  revision: number;
}

/** Now, but later than the time before, whoever's clock that was. */
const RESET_AT = { $max: ['$$NOW', { $add: ['$resetAt', 1] }] };

/**
 * Flags a provider for the operator, unless it changed since the failing call (a new key is not flagged by an old
 * one's failure) or is flagged already. @returns whether it was flagged.
 */
export async function flagProvider(
  store: Store,
  { _id, revision }: KnownProvider,
  { reason, message }: { reason: ProviderFlag; message: string },
): Promise<boolean> {
  return inTransaction(store, async (session) => {
    const { modifiedCount } = await store.providers.updateOne(
      { _id, revision, deletedAt: null, flagged: null },
      { flagged: { reason, message, at: new Date() } },
      { session },
    );
    if (modifiedCount === 1) await bumpVersion(store, 'providers', session);
    return modifiedCount === 1;
  });
}

/**
 * Takes the flag off a provider that works again, which then begins anew, unless it changed since. @returns whether it
 * was flagged.
 */
export async function clearProviderFlag(store: Store, { _id, revision }: KnownProvider): Promise<boolean> {
  return inTransaction(store, async (session) => {
    const { modifiedCount } = await store.providers.updateOne(
      { _id, revision, deletedAt: null, flagged: { $ne: null } },
      [{ $set: { flagged: null, resetAt: RESET_AT } }],
      { session, updatePipeline: true },
    );
    if (modifiedCount === 1) await bumpVersion(store, 'providers', session);
    return modifiedCount === 1;
  });
}
