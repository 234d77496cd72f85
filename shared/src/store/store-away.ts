import mongoose from 'mongoose';

const {
  MongoError,
  MongoNetworkError,
  MongoServerSelectionError,
  MongoOperationTimeoutError,
  MongoNotConnectedError,
  MongoTopologyClosedError,
  MongoClientClosedError,
  MongoBulkWriteError,
} = mongoose.mongo;

const AWAY = [
  MongoNetworkError,
  MongoServerSelectionError,
  MongoOperationTimeoutError,
  MongoNotConnectedError,
  MongoTopologyClosedError,
  MongoClientClosedError,
];

/** Unreachable, shutting down, stepping down, without a primary, or out of time: codes of MongoDB's error table. */
const AWAY_CODES = new Set<unknown>([
  6, 7, 50, 89, 91, 133, 189, 262, 9_001, 10_107, 11_600, 11_602, 13_435, 13_436,
]);

/** Whether a call failed because the ledger could not be reached or did not answer, and not by its own fault. */
export function isStoreAway(error: unknown): boolean {
  if (AWAY.some((kind) => error instanceof kind)) return true;
  // Of a bulk of writes the driver tells so what was no fault of any of them.
  if (error instanceof MongoBulkWriteError && [error.writeErrors].flat().length === 0) return true;
  if (error instanceof MongoError) return AWAY_CODES.has(error.code) || isPoolError(error);
  // What Mongoose says for a call on a lost connection with `bufferCommands: false`.
  return error instanceof mongoose.Error && /bufferCommands|initial connection/.test(error.message);
}

function isPoolError(error: Error): boolean {
  return error.name.startsWith('MongoPool') || error.name.startsWith('MongoWaitQueue');
}
