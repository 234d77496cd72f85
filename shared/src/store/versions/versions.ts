import type { ClientSession } from 'mongoose';
import type { Store } from '../connect.ts';
import type { Versioned } from './model.ts';

const ID = 'versions';

/** Tells every process to reload `what`; within the transaction that changes it. */
export async function bumpVersion(store: Store, what: Versioned, session: ClientSession): Promise<void> {
  await store.versions.updateOne({ _id: ID }, { $inc: { [what]: 1 } }, { session });
}

/** The present version of each thing that processes hold copies of. */
export async function readVersions(store: Store): Promise<Record<Versioned, number>> {
  const versions = await store.versions.findById(ID).lean();
  if (!versions) throw new Error('The versions document is missing: migrations have not run');
  return versions;
}
