import type { ClientSession } from 'mongoose';
import type { ProviderReference } from '../../contracts/classification.ts';
import type { Store } from '../connect.ts';
import type { ProviderHealthDocument } from '../health/model.ts';
import { olderThan, type Page } from '../page.ts';
import type { ProviderDocument } from './model.ts';
import { toProviderReference } from './to-reference.ts';

/** What is kept in memory of every provider, to check names and resolve ids. */
export type ProviderIndexEntry = Pick<
  ProviderDocument,
  '_id' | 'name' | 'formerNames' | 'type' | 'enabled' | 'configuration'
>;
const INDEXED = { name: 1, formerNames: 1, type: 1, enabled: 1, configuration: 1 } as const;
type ProviderOrder = Readonly<Partial<Record<'_id' | 'name' | 'priority', 1>>>;
/** A job lives for a week at most, so that hardly any names one that was deleted before these. */
const MAX_DELETED = 500;

/**
 * Every provider that is not deleted: with the given fields, or whole, and in the given order.
 * @throws the driver's error where the ledger is away, as do all of these.
 */
export async function readProviders<Field extends keyof ProviderDocument = keyof ProviderDocument>(
  store: Store,
  { fields, sort = {} }: { fields?: Readonly<Record<Field, 1>>; sort?: ProviderOrder } = {},
): Promise<Pick<ProviderDocument, '_id' | Field>[]> {
  return store.providers
    .find({ deletedAt: null }, fields, { sort })
    .lean<Pick<ProviderDocument, '_id' | Field>[]>();
}

/** Every provider that is not deleted, in brief. */
export async function readProviderIndex(store: Store): Promise<ProviderIndexEntry[]> {
  return readProviders(store, { fields: INDEXED });
}

/** Those that were deleted, latest first, in brief. */
export async function readDeletedIndex(store: Store): Promise<ProviderIndexEntry[]> {
  return store.providers
    .find({ deletedAt: { $ne: null } }, INDEXED)
    .sort({ deletedAt: -1 })
    .limit(MAX_DELETED)
    .lean<ProviderIndexEntry[]>();
}

/** Every provider that is not deleted, as attempts show it, first tried first. */
export async function readProviderReferences(
  store: Store,
): Promise<{ reference: ProviderReference; enabled: boolean }[]> {
  const found = await readProviders(store, { fields: INDEXED, sort: { priority: 1, _id: 1 } });
  return found.map((provider) => ({
    reference: toProviderReference(provider),
    enabled: provider.enabled,
  }));
}

/** A provider by its id. Null where there is none, or no more. */
export async function findProviderById(store: Store, _id: string): Promise<ProviderDocument | null> {
  return store.providers.findOne({ _id, deletedAt: null }).lean<ProviderDocument>();
}

/** A provider by id or name; where one's name is another's id, the id wins. Null where there is none, or no more. */
export async function findProvider(
  store: Store,
  idOrName: string,
  session: ClientSession | null = null,
): Promise<ProviderDocument | null> {
  const found = await store.providers
    .find({ deletedAt: null, $or: [{ _id: idOrName }, { nameKey: idOrName.toLowerCase() }] })
    .session(session)
    .lean<ProviderDocument[]>();
  return found.find(({ _id }) => _id === idOrName) ?? found[0] ?? null;
}

/** The same, and a deleted one by its id: its usage and health stay readable. */
export async function findProviderEverKnown(
  store: Store,
  idOrName: string,
): Promise<ProviderDocument | null> {
  return (await findProvider(store, idOrName)) ?? store.providers.findById(idOrName).lean<ProviderDocument>();
}

/** Providers that are not deleted, newest first. */
export async function listProviders(store: Store, { limit, beforeId }: Page): Promise<ProviderDocument[]> {
  return store.providers
    .find({ deletedAt: null, ...olderThan(beforeId) })
    .sort({ _id: -1 })
    .limit(limit)
    .lean<ProviderDocument[]>();
}

/** The latest health of each of these providers that was ever checked. */
export async function readLatestHealth(
  store: Store,
  providerIds: readonly string[],
): Promise<Map<string, ProviderHealthDocument>> {
  const found = await store.providerHealth
    .find({ _id: { $in: [...providerIds] } })
    .lean<ProviderHealthDocument[]>();
  return new Map(found.map((health) => [health._id, health]));
}
