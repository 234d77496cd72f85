import { randomBytes } from 'node:crypto';
import { MongoClient, type Collection, type Document } from 'mongodb';
import { ConnectionString } from 'mongodb-connection-string-url';
import { connectStore, type Store } from '../store/connect.ts';
import { runMigrations } from '../store/migrations/run-migrations.ts';

/** Longer than a call lasts that a test left behind, so that it writes nothing into the next one's database. */
const REST_MS = 5_000;
/** A database of more is sooner dropped and made anew than emptied. */
const MAX_DOCUMENTS = 2_000;

/** Where the databases of a run are that nobody uses at the moment. */
export interface DatabasePool {
  mongodbUri: string;
  /** The database that has the list of them. */
  databasePool: string;
  /** For how long a database is left alone after its last use. */
  restMs?: number;
}

/** What the migrations made of an empty database. */
interface Fresh {
  layout: string;
  documents: Record<string, Document[]>;
}

interface LeftDatabase {
  _id: string;
  leftAt: Date;
  fresh: Fresh;
}

/** A database that is as the migrations leave it. */
export interface BedDatabase {
  store: Store;
  name: string;
  mongodbUri: string;
  /** Makes it fresh again; no process may be at work in it. */
  clear(): Promise<void>;
  /** Ends the connection, and gives the database to whoever takes one later. */
  leave(): Promise<void>;
}

/**
 * Takes a database that was left and empties it, or makes one: its hundred indexes cost far more than what a suite
 * writes. One whose collections or indexes a test has changed is dropped.
 */
export async function takeDatabase(pool: DatabasePool): Promise<BedDatabase> {
  for (;;) {
    const left = await withList(pool, (list) => takeLeft(list, pool.restMs ?? REST_MS));
    const name = left?._id ?? `test_${randomBytes(6).toString('hex')}`;
    const mongodbUri = toDatabaseUri(pool.mongodbUri, name);
    const store = await connectStore({ mongodbUri });
    const fresh = left ? left.fresh : await migrate(store);
    if (left && !(await reset(store, fresh))) {
      await store.connection.dropDatabase();
      await store.close();
      continue;
    }
    return {
      store,
      name,
      mongodbUri,
      async clear() {
        if (!(await reset(store, fresh)))
          throw new Error(`The layout of ${name} is not that of the migrations`);
      },
      async leave() {
        const { objects } = await toDb(store).command({ dbStats: 1 });
        if (objects > MAX_DOCUMENTS) await store.connection.dropDatabase();
        else await withList(pool, (list) => addLeft(list, name, fresh));
        await store.close();
      },
    };
  }
}

/** Drops every database that was left, and the list of them. */
export async function dropPool(pool: DatabasePool): Promise<void> {
  await withList(pool, async (list, client) => {
    for await (const { _id } of list.find()) await client.db(_id).dropDatabase();
    await client.db(pool.databasePool).dropDatabase();
  });
}

async function withList<T>(
  { mongodbUri, databasePool }: DatabasePool,
  use: (list: Collection<LeftDatabase>, client: MongoClient) => Promise<T>,
): Promise<T> {
  const client = await new MongoClient(mongodbUri).connect();
  try {
    return await use(client.db(databasePool).collection<LeftDatabase>('left'), client);
  } finally {
    await client.close();
  }
}

/** By the clock of MongoDB: a test may have set its own. */
function takeLeft(list: Collection<LeftDatabase>, restMs: number): Promise<LeftDatabase | null> {
  const hasRested = { $lte: ['$leftAt', { $subtract: ['$$NOW', restMs] }] };
  return list.findOneAndDelete({ $expr: hasRested }, { sort: { leftAt: 1 } });
}

async function addLeft(list: Collection<LeftDatabase>, name: string, fresh: Fresh): Promise<void> {
  await list.updateOne({ _id: name }, { $set: { fresh }, $currentDate: { leftAt: true } }, { upsert: true });
}

async function migrate(store: Store): Promise<Fresh> {
  await runMigrations(store);
  const db = toDb(store);
  const documents = await Promise.all(
    (await listNames(store)).map(async (name) => [name, await db.collection(name).find().toArray()] as const),
  );
  return { layout: await readLayout(store), documents: Object.fromEntries(documents) };
}

/** @returns false where the layout is another one by now. */
async function reset(store: Store, { layout, documents }: Fresh): Promise<boolean> {
  const db = toDb(store);
  for (const name of await listNames(store)) if (!documents[name]) await db.dropCollection(name);
  if ((await readLayout(store)) !== layout) return false;
  await Promise.all(
    Object.entries(documents).map(async ([name, first]) => {
      await db.collection(name).deleteMany({});
      if (first.length > 0) await db.collection(name).insertMany(first);
      // Plans that were found good for other contents.
      await db.command({ planCacheClear: name });
    }),
  );
  return true;
}

/** The collections of a database with their options and indexes, to compare. */
export async function readLayout(store: Store): Promise<string> {
  const db = toDb(store);
  const collections = await db.listCollections({}, { nameOnly: false }).toArray();
  const described = await Promise.all(
    collections.map(async ({ name, type, options }) => {
      return { name, type, options, indexes: await db.collection(name).indexes() };
    }),
  );
  return JSON.stringify(described.toSorted((a, b) => a.name.localeCompare(b.name)));
}

async function listNames(store: Store): Promise<string[]> {
  return (await toDb(store).listCollections({}, { nameOnly: true }).toArray()).map(({ name }) => name);
}

function toDb({ connection: { db } }: Store) {
  if (!db) throw new Error('The store is not connected');
  return db;
}

/** The address of another database of the same servers, for the same user. */
export function toDatabaseUri(uri: string, database: string): string {
  const parsed = new ConnectionString(uri);
  parsed.pathname = `/${database}`;
  if (parsed.username && !parsed.searchParams.has('authSource'))
    parsed.searchParams.set('authSource', 'admin');
  return parsed.href;
}
