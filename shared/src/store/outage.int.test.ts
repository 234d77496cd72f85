import { afterEach, beforeEach, expect, it } from 'vitest';
import { eventually } from '../testing/eventually.ts';
import { createProxiedStore, type ProxiedStore } from '../testing/proxied-store.ts';

let proxied: ProxiedStore;
let proxy: ProxiedStore['proxy'];
let store: ProxiedStore['store'];
const never = new AbortController().signal;

beforeEach(async () => {
  proxied = await createProxiedStore();
  ({ proxy, store } = proxied);
});
afterEach(() => proxied.close());

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
