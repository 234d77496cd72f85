import type { Model, mongo } from 'mongoose';
import { toNative } from './define-model.ts';

/** One update of one document. */
type OneUpdate<T extends { _id: unknown }> = mongo.UpdateOneModel<T & mongo.Document>;

/**
 * Updates documents in one call, each by a filter of its own; without any it asks nothing. One that fails keeps no other
 * from being made, except in a transaction, which it ends. @returns how many documents changed
 */
export async function updateEach<T extends { _id: unknown }>(
  model: Model<T>,
  updates: readonly OneUpdate<T>[],
  options: Pick<mongo.BulkWriteOptions, 'session' | 'writeConcern'> = {},
): Promise<number> {
  if (updates.length === 0) return 0;
  const { modifiedCount } = await toNative(model).bulkWrite(
    updates.map((update) => ({ updateOne: update })),
    { ordered: false, ...options },
  );
  return modifiedCount;
}
