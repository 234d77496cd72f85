import type { ClientSession } from 'mongoose';
import type { Store } from './connect.ts';

export type { ClientSession };

/** What else is written in the transaction of a change. */
export type Alongside = (session: ClientSession) => Promise<unknown>;

/** Runs `work` in one transaction, again from its start where it met another's; its writes land all or none. */
export async function inTransaction<T>(
  store: Store,
  work: (session: ClientSession) => Promise<T>,
): Promise<T> {
  const session = await store.connection.startSession();
  try {
    return await session.withTransaction(() => work(session));
  } finally {
    await session.endSession();
  }
}
