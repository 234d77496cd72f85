/** Tells a document from the others of one update: by its id, the claim that it is held by, or several fields. */
type Key = '$_id' | '$claim.token' | Record<string, `$${string}`>;

/**
 * In an update of many documents by a pipeline: the value that is meant for the one at hand. One such update costs the
 * server a fraction of as many single ones. Values go in as they are, whatever signs their texts begin with.
 */
export function ownValue(key: Key, keys: readonly unknown[], values: readonly unknown[]) {
  return { $arrayElemAt: [{ $literal: values }, { $indexOfArray: [{ $literal: keys }, key] }] };
}

/** The document at hand with the fields that are meant for it in place of its own. */
export function withOwnFields(key: Key, keys: readonly string[], fields: readonly object[]) {
  return { $mergeObjects: ['$$ROOT', ownValue(key, keys, fields)] };
}
