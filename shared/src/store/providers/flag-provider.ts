import type { ProviderFlag } from '../../contracts/provider.ts';
import type { Store } from '../connect.ts';
import { inTransaction } from '../transaction.ts';
import { bumpVersion } from '../versions/versions.ts';
import type { ProviderDocument } from './model.ts';

type Known<Field extends keyof ProviderDocument> = Pick<ProviderDocument, '_id' | Field>;

/** Now, but later than the time before, whoever's clock that was. */
const RESET_AT = { $max: ['$$NOW', { $add: ['$resetAt', 1] }] };

/**
 * Flags a provider, as the failing call knew it, for the operator, unless it began anew since (a new key is not flagged by
 * an old one's failure) or is flagged already. Another budget or priority keeps no flag away. @returns whether it was
 * flagged.
 */
export async function flagProvider(
  store: Store,
  { _id, resetAt }: Known<'resetAt'>,
  { reason, message }: { reason: ProviderFlag; message: string },
): Promise<boolean> {
  return inTransaction(store, async (session) => {
    const { modifiedCount } = await store.providers.updateOne(
      // One that is older than the field has none, which null matches.
      { _id, resetAt: resetAt ?? null, deletedAt: null, flagged: null },
      { flagged: { reason, message, at: new Date(store.clock.now()) } },
      { session },
    );
    if (modifiedCount === 1) await bumpVersion(store, 'providers', session);
    return modifiedCount === 1;
  });
}

/**
 * Takes the flag off a provider that works again, which then begins anew, unless an operator changed it since.
 * @returns whether it was flagged.
 */
export async function clearProviderFlag(
  store: Store,
  { _id, revision }: Known<'revision'>,
): Promise<boolean> {
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
