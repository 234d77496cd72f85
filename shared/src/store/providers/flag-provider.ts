import type { ProviderFlag } from '../../contracts/provider.ts';
import type { Store } from '../connect.ts';
import { inTransaction } from '../transaction.ts';
import { bumpVersion } from '../versions/versions.ts';
import type { Flag, ProviderDocument } from './model.ts';

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
  provider: Known<'resetAt' | 'flagClearedAt'>,
  { reason, message }: { reason: ProviderFlag; message: string },
): Promise<boolean> {
  const { _id, resetAt } = provider;
  const at = new Date(store.clock.now());
  const outlastsLists = await cameBack(store, provider);
  const flagged: Flag = { reason, message, at, ...(outlastsLists && { outlastsLists }) };
  return inTransaction(store, async (session) => {
    const { modifiedCount } = await store.providers.updateOne(
      // One that is older than the field has none, which null matches.
      { _id, resetAt: resetAt ?? null, deletedAt: null, flagged: null },
      { flagged },
      { session },
    );
    if (modifiedCount === 1) await bumpVersion(store, 'providers', session);
    return modifiedCount === 1;
  });
}

/** Whether a check took its flag off when it last began anew, and it answered no call since. */
async function cameBack(
  store: Store,
  { _id, resetAt, flagClearedAt }: Known<'resetAt' | 'flagClearedAt'>,
): Promise<boolean> {
  if (!resetAt || resetAt.getTime() !== flagClearedAt?.getTime()) return false;
  const answered = await store.attempts.exists({
    'provider.id': _id,
    outcome: 'succeeded',
    settledAt: { $gte: resetAt },
  });
  return answered === null;
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
      [{ $set: { flagged: null, resetAt: RESET_AT, flagClearedAt: RESET_AT } }],
      { session, updatePipeline: true },
    );
    if (modifiedCount === 1) await bumpVersion(store, 'providers', session);
    return modifiedCount === 1;
  });
}
