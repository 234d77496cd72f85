import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { MongoClient } from 'mongodb';
import { expect, onTestFinished, test } from 'vitest';
import { findStoreBinary } from './binaries.ts';
import { freePort } from '../free-port.ts';
import { endProcess } from '../processes/launch.ts';
import { openGuardedFolder } from '../../testing/guarded-folder.ts';
import type { StoreOptions } from './launch-store.ts';
import { MONGOD_STOP_MS, startMongod } from './mongod.ts';

async function setup() {
  const { folder, guardian, dispose } = await openGuardedFolder('understudy-mongod-');
  onTestFinished(dispose);
  const binary = findStoreBinary('mongod', process.env) ?? '';
  const options: StoreOptions = {
    binary,
    folder,
    port: await freePort(),
    password: 'firstPassword',
    guardian,
  };
  return { options };
}

async function withRows<T>(uri: string, use: (rows: ReturnType<typeof rowsOf>) => Promise<T>): Promise<T> {
  const client = await new MongoClient(uri, { serverSelectionTimeoutMS: 5_000 }).connect();
  try {
    return await use(rowsOf(client));
  } finally {
    await client.close();
  }
}

const rowsOf = (client: MongoClient) => client.db().collection('rows');

test('keeps its data on another port, and after a kill -9', async () => {
  const { options } = await setup();
  const first = await startMongod(options);
  await withRows(first.uri, (rows) => rows.insertOne({ name: 'kept' }, { writeConcern: { w: 'majority' } }));
  await endProcess(first, MONGOD_STOP_MS);

  const moved = await startMongod({ ...options, port: await freePort() });
  expect(await withRows(moved.uri, (rows) => rows.countDocuments({ name: 'kept' }))).toBe(1);
  moved.child.kill('SIGKILL');
  await moved.exited;

  const again = await startMongod(options);
  expect(await withRows(again.uri, (rows) => rows.countDocuments({ name: 'kept' }))).toBe(1);
});

test('lets nobody in without the password, and shows it to nobody', async () => {
  const { options } = await setup();
  const { uri } = await startMongod(options);

  const open = uri.replace('understudy:firstPassword@', '').replace('authSource=admin&', '');
  await expect(withRows(open, (rows) => rows.countDocuments())).rejects.toThrow(/requires authentication/);
  expect(statSync(path.join(options.folder, 'key')).mode & 0o777).toBe(0o600);
});

test('is told to end within seconds what a process held that died in a transaction', async () => {
  const { options } = await setup();
  const { uri } = await startMongod(options);

  const client = await new MongoClient(uri, { serverSelectionTimeoutMS: 5_000 }).connect();
  onTestFinished(() => client.close());
  const read = { getParameter: 1, transactionLifetimeLimitSeconds: 1 };
  expect(await client.db('admin').command(read)).toMatchObject({ transactionLifetimeLimitSeconds: 10 });
});

test('tells the end of the log when it does not come up', async () => {
  const { options } = await setup();
  const first = await startMongod(options);

  await expect(startMongod({ ...options, port: await freePort() })).rejects.toThrow(
    /mongod did not start: exit \d+\. Its log says:\n[^]*DBPathInUse/,
  );
  expect(first.child.exitCode).toBeNull();
  expect(readFileSync(path.join(options.folder, 'mongod.log'), 'utf8')).not.toContain('firstPassword');
});
