import { afterEach, beforeEach, expect, it } from 'vitest';
import { eventually } from '../testing/eventually.ts';
import { startStoppableProxy, type StoppableProxy } from '../testing/stoppable-proxy.ts';
import { createTestBed, type TestBed } from '../testing/test-bed.ts';
import { connectStore, type Store } from './connect.ts';

let bed: TestBed;
let proxy: StoppableProxy;
let store: Store;
const never = new AbortController().signal;

beforeEach(async () => {
  bed = await createTestBed();
  const uri = new URL(bed.mongodbUri);
  proxy = await startStoppableProxy(uri.host);
  uri.host = `127.0.0.1:${proxy.port}`;
  uri.searchParams.delete('replicaSet');
  uri.searchParams.set('directConnection', 'true');
  store = await connectStore({ mongodbUri: uri.href });
});
afterEach(async () => {
  proxy.thaw();
  proxy.mend();
  await store.close();
  await bed.close();
  await proxy.close();
});

it.each([
  ['cut off', 'cut', 'mend'],
  ['frozen', 'freeze', 'thaw'],
] as const)('knows that the ledger is %s, and when it is back', async (_, harm, end) => {
  const changes: boolean[] = [];
  store.outage.onChange((isAway) => changes.push(isAway));
  expect(store.outage.isAway()).toBe(false);
  expect(store.outage.steadyMs()).toBe(Number.POSITIVE_INFINITY);
  await store.outage.untilOver(never);

  proxy[harm]();
  await eventually(() => store.outage.isAway());
  expect(store.outage.steadyMs()).toBe(0);
  const over = store.outage.untilOver(never).then(() => store.ping());
  const stop = new AbortController();
  const givenUp = store.outage.untilOver(stop.signal);
  stop.abort();
  await givenUp;
  expect(store.outage.isAway()).toBe(true);

  proxy[end]();
  await over;
  expect(changes).toEqual([true, false]);
  expect(store.outage.steadyMs()).toBeLessThan(60_000);
});
