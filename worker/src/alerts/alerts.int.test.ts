import { afterEach, beforeEach, expect, it } from 'vitest';
import { verifyWebhook } from '@understudy/shared/client/verify-webhook';
import { ALERT_TYPES, type AlertData, type AlertType } from '@understudy/shared/contracts/alert';
import { webhookData } from '@understudy/shared/contracts/webhook-message';
import { createId } from '@understudy/shared/ids';
import { eventually } from '@understudy/shared/testing/eventually';
import type { FakeVendor } from '@understudy/shared/testing/fake-vendors/fake-vendor';
import { startFakeOpenAi } from '@understudy/shared/testing/fake-vendors/openai/server';
import {
  answerWith,
  startWebhookReceiver,
  type WebhookReceiver,
} from '@understudy/shared/testing/webhook-receiver';
import type { ProviderOverrides } from '../testing/build-provider.ts';
import { startWorkerFleet, type WorkerFleet } from '../testing/worker-fleet.ts';

let fleet: WorkerFleet;
let vendor: FakeVendor;
let receiver: WebhookReceiver;
let secret: string;
beforeEach(async () => {
  [fleet, vendor, receiver] = await Promise.all([
    startWorkerFleet(2),
    startFakeOpenAi({ models: ['fake-model'] }),
    startWebhookReceiver(),
  ]);
  ({ secret } = await fleet.listen(receiver.url, [...ALERT_TYPES]));
});
afterEach(async () => {
  await fleet.close();
  await Promise.all([vendor.stop(), receiver.stop()]);
});

const addProvider = (overrides: ProviderOverrides = {}) =>
  fleet.addProvider({ baseUrl: vendor.url, updatedAt: new Date(0), ...overrides });
/** Has both workers look, as the schedule does, and nothing else: what is told twice is told by then. */
async function look() {
  await Promise.all([1, 2].map(() => fleet.producer.add('upkeep.alerts', {})));
}
/** Looks until something is told, and gives what it says after its signature and its form were checked. */
async function readTold<T extends AlertType>(type: T, count = 1) {
  const calls = await eventually(async () => {
    await look();
    return receiver.calls.length >= count && receiver.calls;
  });
  expect(calls).toHaveLength(count);
  const { headers, body } = calls[count - 1]!;
  const message = await verifyWebhook(body, headers, secret);
  expect(message.type).toBe(type);
  return webhookData[type].parse(message.data) as AlertData<T>;
}
/** Looks once more, and holds that nothing came of it: all that is on record was told before. */
async function expectNothingNew() {
  const told = receiver.calls.length;
  await look();
  await eventually(async () => (await fleet.producer.queues.upkeep.getJobCountByTypes()) === 0);
  expect(await fleet.bed.store.alerts.countDocuments()).toBe(told);
  // Of the last one it may still be on its way to the ledger that it arrived.
  const pending = { state: 'pending' as const };
  await eventually(async () => (await fleet.bed.store.deliveries.countDocuments(pending)) === 0);
  expect(receiver.calls).toHaveLength(told);
}
async function check(providerId: string) {
  const checkId = createId('chk');
  await fleet.producer.add('health.check', { providerId, checkId, deep: false });
  await eventually(() => fleet.bed.store.healthChecks.exists({ _id: checkId }).then(Boolean));
}

it('tells once that a vendor went down, and once that it is back', async () => {
  const { _id: providerId } = await addProvider();
  await check(providerId);
  await expectNothingNew();
  vendor.breakDown({ kind: 'status', status: 503 });
  await check(providerId);
  await check(providerId);
  await expectNothingNew();
  await check(providerId);
  const down = await readTold('provider.down');
  expect(down).toMatchObject({ providerId, name: 'main', status: 'down', providersLeft: 0 });
  expect(down.url).toBe(`https://understudy.test/advanced/providers/${providerId}`);
  await expectNothingNew();
  vendor.recover();
  await check(providerId);
  await expectNothingNew();
  await check(providerId);
  expect(await readTold('provider.recovered', 2)).toMatchObject({ providerId, status: 'healthy' });
  await expectNothingNew();
});

it('tells that a vendor refuses its key', async () => {
  const { _id: providerId } = await addProvider();
  vendor.breakDown({ kind: 'status', status: 401 });
  await eventually(async () => {
    await fleet.submit({ allowDegraded: false });
    return (
      (await fleet.bed.store.providers.findById(providerId).lean())?.flagged?.reason === 'unauthenticated'
    );
  });
  expect(await readTold('provider.flagged')).toMatchObject({
    providerId,
    reason: 'unauthenticated',
    summary: expect.stringContaining('main gets no more calls: it does not accept its key'),
  });
  await expectNothingNew();
});

it('tells of 80 % of a budget, and that no further call fits into it', async () => {
  // An answer of the fake vendor has so many tokens; a call reserves 16.
  const priced = { price: { inputUsdPerMillion: 0, outputUsdPerMillion: 1_000 }, maxOutputTokens: 16 };
  const limitUsd = 0.2;
  const { _id: providerId } = await addProvider({
    configuration: { ...priced, monthlyBudgetUsd: limitUsd } as never,
  });
  const spend = async () => {
    const id = await fleet.submit({ allowDegraded: false });
    const ended = await eventually(async () => {
      const job = await fleet.readJob(id);
      return (job.state === 'succeeded' || job.state === 'deferred') && job;
    });
    return ended;
  };
  // The workers do not know the provider yet; one job waits for that, so that none comes back later.
  const first = await fleet.submit({ allowDegraded: false });
  await eventually(async () => (await fleet.readJob(first)).state === 'succeeded');
  const costUsd = (await spend()).usage.costNanoUsd! / 1e9;
  for (let spent = costUsd * 2; spent < limitUsd * 0.8; spent += costUsd) await spend();
  expect(await readTold('budget.reached')).toMatchObject({ providerId, percent: 80, limitUsd });
  await expectNothingNew();
  await eventually(async () => (await spend()).deferred?.reason === 'budget_exhausted');
  const spent = await readTold('budget.reached', 2);
  expect(spent).toMatchObject({ percent: 100, limitUsd });
  expect(spent.spentUsd).toBeLessThanOrEqual(limitUsd);
  await expectNothingNew();
});

it('tells that jobs are not answered in time', async () => {
  await addProvider();
  vendor.breakDown({ kind: 'status', status: 500 });
  const createdAt = new Date(Date.now() - 60_000);
  const submit = () => fleet.submit({ createdAt, allowDegraded: false });
  const ids = await Promise.all(Array.from({ length: 6 }, submit));
  await eventually(async () => {
    const jobs = await Promise.all(ids.map(fleet.readJob));
    return jobs.every(({ state }) => state === 'deferred');
  });
  await expectNothingNew();
  await fleet.producer.add('upkeep.usage', {});
  const { accepted } = await eventually(async () => {
    const [bucket] = await fleet.bed.store.availabilityBuckets.find({ accepted: { $gt: 0 } }).lean();
    return bucket ?? false;
  });
  await readTold('availability.breached', 2);
  const told = receiver.calls.map(({ body }) => JSON.parse(body).data);
  expect(told.map(({ window }) => window).toSorted()).toEqual(['1h', '30d']);
  for (const data of told)
    expect(data).toMatchObject({ accepted, missed: accepted, ratio: 0, target: 0.999 });
  await expectNothingNew();
});

it('tells that jobs wait which nobody takes', async () => {
  await addProvider({ enabled: false });
  const createdAt = new Date(Date.now() - 6 * 60_000);
  const id = await fleet.submit({ createdAt, allowDegraded: false });
  const stalled = await readTold('queue.stalled');
  expect(stalled).toMatchObject({ oldestJobId: id, waiting: 1 });
  expect(stalled.oldestWaitingMs).toBeGreaterThanOrEqual(6 * 60_000);
  await expectNothingNew();
});

it('tells that an endpoint was disabled since it is gone', async () => {
  await addProvider();
  const gone = await startWebhookReceiver();
  gone.respondAlways(answerWith(410));
  const { id: webhookId } = await fleet.listen(`${gone.url}/secret-path`, ['classification.succeeded']);
  await fleet.submit();
  const told = await readTold('webhook.disabled');
  expect(told).toMatchObject({ webhookId, client: 'default', reason: expect.stringContaining('410') });
  expect(JSON.stringify(told)).not.toContain('secret-path');
  await expectNothingNew();
  await gone.stop();
});
