import type { PipelineStage } from 'mongoose';
import type { Store } from '../connect.ts';
import { toNative } from '../define-model.ts';
import type { ClassifierVersionDocument } from './model.ts';

/** One of them has up to 1.4 MB in its names, descriptions and instructions. */
const MAX_BYTES = 4 * 1_048_576;
const BATCH_SIZE = 10;

export interface FoundDefinitions {
  versions: ClassifierVersionDocument[];
  /** Whether there are more, for which there was no room. */
  isCut: boolean;
}

/** The first versions that fit, as many as are not too large together, one at least. Without the labels' examples. */
export async function readDefinitions(
  store: Store,
  match: Record<string, unknown>,
  { sort, limit }: { sort: Record<string, -1>; limit: number },
): Promise<FoundDefinitions> {
  const found = toNative(store.classifierVersions).aggregate<ClassifierVersionDocument & { bytes: number }>(
    [
      { $match: match },
      { $sort: sort },
      { $limit: limit },
      // Examples can be megabytes; lists do without them.
      { $project: { 'labels.examples': 0 } },
      { $set: { bytes: { $bsonSize: '$$ROOT' } } },
    ] satisfies PipelineStage[],
    { batchSize: BATCH_SIZE },
  );
  const versions: ClassifierVersionDocument[] = [];
  let left = MAX_BYTES;
  for await (const { bytes, ...version } of found) {
    left -= bytes;
    if (left < 0 && versions.length > 0) return { versions, isCut: true };
    versions.push(version);
  }
  return { versions, isCut: false };
}
