import mongoose, { type Model } from 'mongoose';
import { CONFIRMED } from './confirmed.ts';
import { toNative } from './define-model.ts';

const { MongoBulkWriteError } = mongoose.mongo;
const DUPLICATE_KEY = 11_000;

/** Whether a write failed because a unique value is taken. */
export function isDuplicateKey(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === DUPLICATE_KEY;
}

/** Which of these are there, `undefined` where one is not: what became of inserts whose outcome is unknown. */
export async function readInserted<T extends { _id: string }>(
  model: Model<T>,
  documents: readonly T[],
): Promise<(true | undefined)[]> {
  const ids = documents.map(({ _id }) => _id);
  const found = await toNative(model)
    .find({ _id: { $in: ids } } as never, { projection: { _id: 1 }, ...CONFIRMED })
    .toArray();
  const there = new Set(found.map(({ _id }) => _id as string));
  return ids.map((id) => (there.has(id) ? true : undefined));
}

/**
 * Inserts documents in one call and tells of each whether it went in (`true`) or its id, or another unique value,
 * was taken (`false`). @throws where it failed for any other reason.
 */
export async function insertEach<T extends { _id: unknown }>(
  model: Model<T>,
  documents: T[],
): Promise<boolean[]> {
  const inserted = documents.map(() => true);
  try {
    await toNative(model).insertMany(documents as never, { ordered: false });
  } catch (error) {
    if (!(error instanceof MongoBulkWriteError) || error.result.getWriteConcernError()) throw error;
    const failures = [error.writeErrors].flat();
    // The driver hides a lost connection in this error, too: then nobody knows what went in.
    if (failures.length === 0) throw error;
    for (const failure of failures) {
      if (failure.code !== DUPLICATE_KEY) throw error;
      inserted[failure.index] = false;
    }
  }
  return inserted;
}
