import mongoose, { type Model, type mongo } from 'mongoose';

/** Far longer than an index over millions of jobs takes. */
const TIMEOUT_MS = 3_600_000;

/**
 * Makes indexes over what may be millions of documents: the server goes on building although the connection's 3 s are
 * over, and whoever asks again waits for the same build. @throws what else it fails with.
 */
export async function createIndexes<T>(model: Model<T>, indexes: mongo.IndexDescription[]): Promise<void> {
  const endsAt = performance.now() + TIMEOUT_MS;
  for (;;) {
    try {
      return void (await model.collection.createIndexes(indexes));
    } catch (error) {
      const isSlow = error instanceof mongoose.mongo.MongoNetworkTimeoutError;
      if (!isSlow || performance.now() > endsAt) throw error;
    }
  }
}
