import type { Store } from '../../../shared/src/store/connect.ts';

/** What a collection takes, in bytes: a document by itself, all of them on disk (compressed), and their indexes. */
export interface CollectionSize {
  name: string;
  documents: number;
  documentBytes: number;
  diskBytes: number;
  indexBytes: number;
}

/** Of what grows with every job. */
export async function readSizes({ jobs, attempts }: Store): Promise<CollectionSize[]> {
  return Promise.all(
    [jobs, attempts].map(async ({ collection: { name }, db }) => {
      const stats = (await db.db?.command({ collStats: name })) ?? {};
      return {
        name,
        documents: Number(stats['count']),
        documentBytes: Number(stats['avgObjSize']),
        diskBytes: Number(stats['storageSize']),
        indexBytes: Number(stats['totalIndexSize']),
      };
    }),
  );
}
