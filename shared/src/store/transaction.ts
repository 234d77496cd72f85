import mongoose, { type ClientSession } from 'mongoose';
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

/** What takes longer than the connection's time twice does so again: the driver would go on for two minutes. */
const MAX_TIMEOUTS = 2;

/** Ends the driver's own tries: of an error that is not MongoDB's it makes no other. */
class GivenUp extends Error {}

/**
 * Runs `work` in one transaction, again from its start where it met another's; its writes land all or none.
 * @throws what `work` throws, and what its commands met twice where they took longer than the connection's time.
 */
export async function inTransaction<T>(
  store: Store,
  work: (session: ClientSession) => Promise<T>,
): Promise<T> {
  const session = await store.connection.startSession();
  let timeouts = 0;
  try {
    return await session.withTransaction(async () => {
      try {
        return await work(session);
      } catch (error) {
        if (error instanceof mongoose.mongo.MongoNetworkTimeoutError) timeouts += 1;
        if (timeouts === MAX_TIMEOUTS) throw new GivenUp('It took too long', { cause: error });
        throw error;
      }
    });
  } catch (error) {
    throw error instanceof GivenUp ? error.cause : error;
  } finally {
    await session.endSession();
  }
}
