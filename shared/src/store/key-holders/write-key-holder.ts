import type { Store } from '../connect.ts';
import { toNative } from '../define-model.ts';
import type { KeyHolderDocument } from './model.ts';

/** Rows of processes that were killed are kept no longer. */
const FORGOTTEN_MS = 60 * 60_000;

/** Notes that a process runs, and with which master keys. */
export async function writeKeyHolder(
  store: Store,
  { _id, role, keys, locked }: Omit<KeyHolderDocument, 'seenAt'>,
): Promise<void> {
  const said = { role: { $literal: role }, keys: { $literal: keys }, locked: { $literal: locked } };
  await toNative(store.keyHolders).updateOne({ _id }, [{ $set: { ...said, seenAt: '$$NOW' } }], {
    upsert: true,
    // Said again every few seconds.
    writeConcern: { w: 1 },
  });
}

/** Withdraws what a process noted, when it stops in order. */
export async function removeKeyHolder(store: Store, id: string): Promise<void> {
  await store.keyHolders.deleteOne({ _id: id });
}

/** Removes what processes noted that have not said so again for an hour, by the server's clock. */
export async function forgetDeadKeyHolders(store: Store): Promise<void> {
  await toNative(store.keyHolders).deleteMany({
    $expr: { $lt: ['$seenAt', { $subtract: ['$$NOW', FORGOTTEN_MS] }] },
  });
}
