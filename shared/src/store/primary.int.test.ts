import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { buildAttempt, buildJob } from '../testing/builders.ts';
import { eventually } from '../testing/eventually.ts';
import { createProxiedStore, type ProxiedStore } from '../testing/proxied-store.ts';
import { toNative } from './define-model.ts';
import { createLedger } from './ledger.ts';

let proxied: ProxiedStore;
let bed: ProxiedStore['bed'];
let proxy: ProxiedStore['proxy'];
let store: ProxiedStore['store'];

beforeEach(async () => {
  proxied = await createProxiedStore();
  ({ bed, proxy, store } = proxied);
});
afterEach(() => proxied.close());

it('has a leading write wait for the primary alone, while there is one', async () => {
  expect(store.primary.leading()).toEqual({ w: 1 });
  const era = store.primary.era();
  await store.ping();
  expect(store.primary.era()).toBe(era);
  proxy.cut();
  await eventually(() => store.primary.leading().w === 'majority');
  expect(store.primary.era()).toBeGreaterThan(era);
  proxy.mend();
  await eventually(() => store.primary.leading().w === 1);
});

it('begins an attempt whose fence was lost with its primary only once the fence is there again', async () => {
  const ledger = createLedger(store);
  const job = buildJob();
  await ledger.insertJob(job);
  await ledger.claimJob({ jobId: job._id, generation: 1, token: 'mine', workerId: 'w1' });
  const attempt = buildAttempt({ jobId: job._id, claimToken: 'mine', number: 1 });
  const attempts = toNative(store.attempts);
  vi.spyOn(attempts, 'insertMany').mockImplementationOnce(async (...args) => {
    vi.restoreAllMocks();
    // As where the primary dies before its journal has the fence, and the insert is sent again to the next.
    await bed.store.jobs.updateOne({ _id: job._id }, { attemptCount: 0 });
    proxy.cut();
    await eventually(() => store.outage.isAway());
    proxy.mend();
    await eventually(() => !store.outage.isAway());
    return attempts.insertMany(...args);
  });
  await expect(ledger.beginAttempt({ attempt, progressed: false })).rejects.toThrow('may have lost');
  expect(await ledger.beginAttempt({ attempt, progressed: false })).toBe(true);
  expect(await bed.store.jobs.findById(job._id).lean()).toMatchObject({ attemptCount: 1 });
  expect(await bed.store.attempts.countDocuments({ jobId: job._id })).toBe(1);
});
