import { afterAll, beforeAll, expect, it } from 'vitest';
import { verifyWebhook } from '../../shared/src/client/verify-webhook.ts';
import { eventually } from '../../shared/src/testing/eventually.ts';
import {
  answerWith,
  startWebhookReceiver,
  type WebhookReceiver,
} from '../../shared/src/testing/webhook-receiver.ts';
import { startFakeOpenAi } from '../../shared/src/testing/fake-vendors/openai/server.ts';
import type { FakeVendor } from '../../shared/src/testing/fake-vendors/fake-vendor.ts';
import { startFleet, type Fleet } from '../support/fleet.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const LABELS = ['praise', 'billing'];

/** Puts a process on a machine whose clock is off. */
const toClock = (offMs: number) => ({
  NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(`
    const True = Date;
    globalThis.Date = class Date extends True {
      constructor(...parts) {
        super(...(parts.length > 0 ? parts : [True.now() + ${offMs}]));
      }
      static now() {
        return True.now() + ${offMs};
      }
    };`)}`,
});

let fleet: Fleet;
let vendor: FakeVendor;
let receiver: WebhookReceiver;
beforeAll(async () => {
  vendor = await startFakeOpenAi();
  receiver = await startWebhookReceiver();
  fleet = await startFleet({ workers: 0, env: toClock(-DAY) });
  const { app } = await fleet.create('worker', toClock(DAY));
  await app.start();
  await fleet.client.providers.create({
    name: 'main',
    type: 'openai-compatible',
    baseUrl: vendor.url,
    configuration: { model: 'gpt-4o-mini' },
  });
});
afterAll(async () => {
  await fleet.close();
  await vendor.stop();
  await receiver.stop();
});

const isNow = (at: string | Date | null) =>
  at !== null && Math.abs(new Date(at).getTime() - Date.now()) < HOUR;

it('keeps deadlines, deferrals and deliveries on time where no machine of the fleet knows the time', async () => {
  const { client } = fleet;
  const { secret } = await client.webhooks.create({
    url: receiver.url,
    events: ['classification.succeeded'],
  });
  receiver.respondWith(answerWith(500));
  const checks = await eventually(async () => {
    const found = await fleet.store.healthChecks.find().lean();
    return found.length > 0 && found;
  });
  expect(checks.filter(({ at }) => !isNow(at))).toEqual([]);
  // Deferred until it has room again.
  vendor.respondWith({ kind: 'status', status: 429, headers: { 'retry-after': '1' } });
  const { id } = await client.classifications.submit({
    text: 'A bug in the billing',
    labels: LABELS,
    providers: ['main'],
    deadlineMs: 60_000,
  });
  const job = await client.classifications.wait(id, { timeoutMs: 60_000 });
  expect(job).toMatchObject({ state: 'succeeded', attempts: [{ fault: 'rate_limited' }, { fault: null }] });
  const stamps = [job.createdAt, job.finishedAt, ...job.attempts.map(({ startedAt }) => startedAt)];
  expect(stamps.filter((at) => !isNow(at))).toEqual([]);
  await eventually(() => receiver.calls.length === 2);
  for (const { body, headers } of receiver.calls)
    expect(await verifyWebhook(body, headers, secret)).toMatchObject({ data: { id } });
});
