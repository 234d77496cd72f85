import type { ClientSession } from 'mongoose';
import type { Store } from './connect.ts';

export type { ClientSession };

/** What else is written in the transaction of a change. */
export type Alongside = (session: ClientSession) => Promise<unknown>;

/**
 * Makes a change and, where it came to something, writes `alongside` in the same transaction; where there is nothing to
 * write it needs none. @returns what the change gives: to how many things it came
 */
export async function changeWith<T extends { changed: number }>(
  store: Store,
  alongside: Alongside | undefined,
  change: (options: { session?: ClientSession }) => Promise<T>,
): Promise<T> {
  if (!alongside) return change({});
  return inTransaction(store, async (session) => {
    const done = await change({ session });
    if (done.changed > 0) await alongside(session);
    return done;
  });
}

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
