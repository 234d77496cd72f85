import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildAttempt } from '../testing/builders.ts';
import { createProxiedStore, type ProxiedStore } from '../testing/proxied-store.ts';
import { insertEach } from './insert-each.ts';
import { isStoreAway } from './store-away.ts';

let proxied: ProxiedStore;
let bed: ProxiedStore['bed'];
let proxy: ProxiedStore['proxy'];
let store: ProxiedStore['store'];
beforeAll(async () => {
  proxied = await createProxiedStore();
  ({ bed, proxy, store } = proxied);
});
afterAll(() => proxied.close());

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
