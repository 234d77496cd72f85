import type { Store } from '../store/connect.ts';

/** One command as the server executed it. */
export interface ProfiledQuery {
  collection: string;
  /** `query`, `update`, `remove` or `command`. */
  op: string;
  plan: string;
  keysExamined: number;
  docsExamined: number;
  /** How many documents it gave, changed or removed. */
  results: number;
  command: object;
}

interface ProfileEntry {
  ns: string;
  op: string;
  planSummary?: string;
  keysExamined?: number;
  docsExamined?: number;
  nreturned?: number;
  nMatched?: number;
  ndeleted?: number;
  command: object;
}

/** Runs `work` and tells what each of its commands cost the server, by the server's own profiler. */
export async function profileQueries(store: Store, work: () => Promise<unknown>): Promise<ProfiledQuery[]> {
  const { db } = store.connection;
  if (!db) throw new Error('The store is not connected');
  await db.setProfilingLevel('off');
  await db.dropCollection('system.profile').catch(() => {});
  await db.setProfilingLevel('all');
  try {
    await work();
  } finally {
    await db.setProfilingLevel('off');
  }
  const entries = await db.collection<ProfileEntry>('system.profile').find().toArray();
  return entries.flatMap((entry) =>
    entry.planSummary === undefined
      ? []
      : [
          {
            collection: entry.ns.slice(entry.ns.indexOf('.') + 1),
            op: entry.op,
            plan: entry.planSummary,
            keysExamined: entry.keysExamined ?? 0,
            docsExamined: entry.docsExamined ?? 0,
            results: entry.nreturned ?? entry.nMatched ?? entry.ndeleted ?? 0,
            command: entry.command,
          },
        ],
  );
}
