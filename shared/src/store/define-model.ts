import { Schema, type Connection, type Model, type mongo, type SchemaDefinition } from 'mongoose';

/** A required value, a nullable one, and one whose inside the contracts describe. */
export const required = <T>(type: T) => ({ type, required: true }) as const;
export const nullable = <T>(type: T) => ({ type, default: null }) as const;
export const opaque = { type: Schema.Types.Mixed, default: null } as const;

/**
 * A model whose `_id` is ours, whose unknown fields are refused, and whose indexes are made by migrations only.
 */
export function defineModel<T extends { _id: unknown }>(
  connection: Connection,
  collection: string,
  definition: SchemaDefinition,
): Model<T> {
  const schema = new Schema(definition, {
    collection,
    strict: 'throw',
    strictQuery: 'throw',
    minimize: false,
    versionKey: false,
    autoIndex: false,
    autoCreate: false,
  });
  return connection.model(collection, schema) as unknown as Model<T>;
}

/** The driver's own collection of a model: for the hot path, where documents are typed by us and not cast. */
export function toNative<T extends { _id: unknown }>(model: Model<T>): mongo.Collection<T & mongo.Document> {
  return model.collection as unknown as mongo.Collection<T & mongo.Document>;
}

/** What an update of many documents of a collection is asked with. */
export type UpdateMany<T extends { _id: unknown }> = Parameters<
  mongo.Collection<T & mongo.Document>['updateMany']
>;
