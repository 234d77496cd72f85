import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildAttempt } from '../testing/builders.ts';
import { startStoppableProxy, type StoppableProxy } from '../testing/stoppable-proxy.ts';
import { createTestBed, type TestBed } from '../testing/test-bed.ts';
import { connectStore, type Store } from './connect.ts';
import { insertEach } from './insert-each.ts';
import { isStoreAway } from './store-away.ts';

let bed: TestBed;
let proxy: StoppableProxy;
let store: Store;
beforeAll(async () => {
  bed = await createTestBed();
  const uri = new URL(bed.mongodbUri);
  proxy = await startStoppableProxy(uri.host);
  uri.host = `127.0.0.1:${proxy.port}`;
  uri.searchParams.delete('replicaSet');
  uri.searchParams.set('directConnection', 'true');
  store = await connectStore({ mongodbUri: uri.href });
});
afterAll(async () => {
  await store.close();
  await proxy.close();
  await bed.close();
});

it('tells of each document whether it went in or its place was taken', async () => {
  const [first, second] = [buildAttempt(), buildAttempt()];
  expect(await insertEach(store.attempts, [first])).toEqual([true]);
  expect(await insertEach(store.attempts, [first, second])).toEqual([false, true]);
});

it('takes nothing for inserted that never reached the ledger', async () => {
  const lost = buildAttempt();
  proxy.cut();
  const failure = await insertEach(store.attempts, [lost]).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(Error);
  expect(isStoreAway(failure)).toBe(true);
  proxy.mend();
  expect(await bed.store.attempts.exists({ _id: lost._id })).toBeNull();
});
