import path from 'node:path';
import { mkdir } from 'node:fs/promises';
import { afterAll, beforeAll, expect, inject, it, onTestFinished } from 'vitest';
import { freePort } from '../../embedded/free-port.ts';
import { findStoreBinary } from '../../embedded/stores/binaries.ts';
import { launchStore } from '../../embedded/stores/launch-store.ts';
import { connectStore } from '../../store/connect.ts';
import { identifyServer } from '../../store/identify-server.ts';
import { eventually } from '../../testing/eventually.ts';
import { openGuardedFolder, type GuardedFolder } from '../../testing/guarded-folder.ts';
import { explainWord, openLedger } from './open-ledger.ts';

let place: GuardedFolder;
beforeAll(async () => {
  place = await openGuardedFolder('understudy-doctor-');
});
afterAll(() => place.dispose());

/** A bare mongod, without a password. */
async function startBare(more: string[] = []) {
  const port = await freePort();
  const own = path.join(place.folder, String(port));
  await mkdir(own);
  const at = `127.0.0.1:${port}`;
  const args = ['--dbpath', own, '--port', String(port), '--bind_ip', '127.0.0.1', '--nounixsocket', ...more];
  const store = {
    binary: findStoreBinary('mongod', process.env) ?? '',
    folder: own,
    port,
    password: '',
    guardian: place.guardian,
  };
  const launched = await launchStore(store, {
    name: 'mongod',
    args: [...args, '--wiredTigerCacheSizeGB', '0.25'],
    logFile: path.join(own, 'log'),
    startMs: 30_000,
    stopMs: 10_000,
    async untilServing(signal) {
      const isServing = async () => signal.aborted || (await identifyServer(`mongodb://${at}`)) !== null;
      await eventually(isServing, { timeoutMs: 30_000 });
    },
  });
  onTestFinished(() => void launched.child.kill('SIGKILL'));
  return at;
}

async function findingOf(uri: string) {
  const reached = await openLedger(uri);
  if (reached.ok) {
    await reached.value.close();
    throw new Error('It was reached.');
  }
  return reached.finding;
}

it('tells a single server from a replica set', async () => {
  const at = await startBare();
  const expected = { status: 'fail', what: `${at} is no replica set, and has no transactions.` };
  expect(await findingOf(`mongodb://${at}/understudy?replicaSet=rs0`)).toMatchObject(expected);
});

it('tells a set that was never made, one of another name, and one without a primary', async () => {
  const at = await startBare(['--replSet', 'ours']);
  const uri = `mongodb://${at}/understudy`;
  expect(await findingOf(uri)).toMatchObject({
    what: `${at} waits to be made a replica set.`,
    fix: expect.stringContaining('rs.initiate()'),
  });

  const direct = await connectStore({ mongodbUri: `mongodb://${at}/?directConnection=true` });
  onTestFinished(() => direct.close());
  const admin = direct.connection.getClient().db('admin');
  const config = { _id: 'ours', members: [{ _id: 0, host: at }] };
  await admin.command({ replSetInitiate: config });
  await eventually(async () => (await admin.command({ hello: 1 }))['isWritablePrimary']);
  expect(await findingOf(`${uri}?replicaSet=theirs`)).toMatchObject({
    what: `${at} belongs to the replica set ours, and MONGODB_URI asks for theirs.`,
    fix: expect.stringContaining('replicaSet=ours'),
  });

  const gone = ['127.0.0.1:1', '127.0.0.1:2'].map((host, index) => ({ _id: index + 1, host }));
  const members = [...config.members, ...gone];
  await admin.command({ replSetReconfig: { ...config, members, version: 9 }, force: true });
  await eventually(async () => !(await admin.command({ hello: 1 }))['isWritablePrimary'], {
    timeoutMs: 20_000,
  });
  expect((await findingOf(uri)).what).toBe(
    `The replica set ours of ${at} has no primary: nothing can be written.`,
  );
});

it('tells members that cannot be reached by the names that their set knows', () => {
  const word = { setName: 'ours', isUninitiated: false, isWritablePrimary: true, hosts: ['mongo:27017'] };
  expect(explainWord(word, { at: 'db.example.com', asked: 'ours' })).toMatchObject({
    what: expect.stringContaining('names its members mongo:27017'),
    fix: expect.stringContaining('rs.reconfig'),
  });
});

it.each([
  [
    'a wrong password',
    (uri: URL) => void (uri.password = 'not-this-one'),
    /refuses the user or the password/,
  ],
  [
    'no password',
    (uri: URL) => {
      uri.username = '';
      uri.password = '';
      uri.searchParams.delete('authSource');
    },
    /does not let this user read the ledger/,
  ],
  ['a server that is away', (uri: URL) => void (uri.port = '1'), /does not answer \(nothing listens there\)/],
])('tells %s, and never the password', async (_, change, expected) => {
  const uri = new URL(inject('stores').mongodbUri);
  const { password } = uri;
  change(uri);
  const { what, fix } = await findingOf(uri.href);
  expect(what).toMatch(expected);
  for (const secret of [password, 'not-this-one']) expect(what + fix).not.toContain(secret);
});

it.each([
  ['mongodb://127.0.0.1:1/understudy?foo=1', 'foo'],
  ['mongodb://127.0.0.1:1/understudy?tls=maybe', 'tls'],
  ['mongodb://127.0.0.1:27o17/understudy', '27o17'],
])('tells why the driver does not take %s', async (uri, expected) => {
  const { status, what } = await findingOf(uri);
  expect(status).toBe('fail');
  expect(what).toContain(expected);
});
