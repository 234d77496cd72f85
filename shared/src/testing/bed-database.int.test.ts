import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { connectStore, type Store } from '../store/connect.ts';
import { runMigrations } from '../store/migrations/run-migrations.ts';
import {
  dropPool,
  readLayout,
  takeDatabase,
  toDatabaseUri,
  type BedDatabase,
  type DatabasePool,
} from './bed-database.ts';
import { buildJob } from './builders.ts';

let pool: DatabasePool;
let migrated: Store;
beforeAll(async () => {
  const { mongodbUri } = inject('stores');
  const name = `test_${randomBytes(6).toString('hex')}`;
  pool = { mongodbUri, databasePool: name, restMs: 0 };
  migrated = await connectStore({ mongodbUri: toDatabaseUri(mongodbUri, `${name}_migrated`) });
  await runMigrations(migrated);
});
afterAll(async () => {
  await migrated.connection.dropDatabase();
  await migrated.close();
  await dropPool(pool);
});

/** Every document, without what differs from one migrated database to the next. */
async function readDocuments({ connection }: Store) {
  const names = (await connection.db!.listCollections().toArray()).map(({ name }) => name).toSorted();
  const documents = await Promise.all(
    names.map(async (name) => [
      name,
      await connection.db!.collection(name).find().sort({ _id: 1 }).toArray(),
    ]),
  );
  return JSON.parse(
    JSON.stringify(Object.fromEntries(documents), (key, value: unknown) =>
      /At$|^at$|^holder$/.test(key) || (key === '_id' && String(value).startsWith('prv_'))
        ? typeof value
        : value,
    ),
  ) as unknown;
}

async function expectFresh({ store }: BedDatabase) {
  expect(JSON.parse(await readLayout(store))).toEqual(JSON.parse(await readLayout(migrated)));
  expect(await readDocuments(store)).toEqual(await readDocuments(migrated));
}

async function disturb({ store }: BedDatabase) {
  await store.jobs.create(buildJob());
  await store.providers.updateMany({}, { enabled: false });
  await store.migrations.deleteOne({ _id: 3 });
  await store.versions.updateMany({}, { $inc: { config: 5 } });
  await store.connection.db!.collection('another').insertOne({});
}

it('gives a database as the migrations leave it: the first time, cleared, and after another had it', async () => {
  const first = await takeDatabase(pool);
  await expectFresh(first);
  await disturb(first);
  await first.clear();
  await expectFresh(first);
  await disturb(first);
  await first.leave();
  const second = await takeDatabase(pool);
  expect(second.name).toBe(first.name);
  await expectFresh(second);
  await second.leave();
});

it('gives one database to one bed at a time', async () => {
  const taken = await Promise.all([takeDatabase(pool), takeDatabase(pool)]);
  expect(new Set(taken.map(({ name }) => name)).size).toBe(2);
  for (const one of taken) await one.leave();
});

const CHANGES = {
  'has another index': ({ store }) => store.jobs.collection.createIndex({ text: 1 }),
  'lacks a collection': ({ store }) => store.jobs.collection.drop(),
  'is full': ({ store }) =>
    store.jobs.collection.insertMany(Array.from({ length: 3_000 }, () => buildJob()) as never),
} satisfies Record<string, (database: BedDatabase) => Promise<unknown>>;

it.each(Object.entries(CHANGES))('never gives out again what %s', async (_, change) => {
  const changed = await takeDatabase(pool);
  await change(changed);
  await changed.leave();
  const others = await Promise.all([takeDatabase(pool), takeDatabase(pool)]);
  expect(others.map(({ name }) => name)).not.toContain(changed.name);
  for (const other of others) {
    await expectFresh(other);
    await other.leave();
  }
});

it('lets a database rest that somebody may still write into', async () => {
  const left = await takeDatabase(pool);
  await left.leave();
  const next = await takeDatabase({ ...pool, restMs: 600_000 });
  expect(next.name).not.toBe(left.name);
  await next.leave();
});

it('names another database of the same servers', () => {
  const uri = 'mongodb://me:p%40ss@a:1,b:2/understudy?replicaSet=rs0';
  expect(toDatabaseUri(uri, 'other')).toBe(
    'mongodb://me:p%40ss@a:1,b:2/other?replicaSet=rs0&authSource=admin',
  );
  expect(toDatabaseUri('mongodb://a:1,b:2', 'other')).toBe('mongodb://a:1,b:2/other');
});
