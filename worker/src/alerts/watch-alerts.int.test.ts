import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { createId } from '@understudy/shared/ids';
import type { HealthStatus } from '@understudy/shared/contracts/provider';
import { startWebhookReceiver, type WebhookReceiver } from '@understudy/shared/testing/webhook-receiver';
import { buildProvider } from '../testing/build-provider.ts';
import { createWebhookBed, type WebhookBed } from '../testing/webhook-bed.ts';
import { watchAlerts } from './watch-alerts.ts';

const MINUTE = 60_000;

let bed: WebhookBed;
let receiver: WebhookReceiver;
let providerId: string;
beforeAll(async () => {
  bed = await createWebhookBed();
});
afterAll(() => bed.close());
beforeEach(async () => {
  await bed.clear();
  await bed.store.providers.deleteMany({});
  receiver = await startWebhookReceiver();
  providerId = createId('prv');
  const updatedAt = new Date(bed.clock.now() - MINUTE);
  await bed.store.providers.create(buildProvider({ _id: providerId, updatedAt }));
  await listen();
});
afterEach(() => receiver.stop());

const listen = () =>
  bed.addEndpoint({
    url: receiver.url,
    client: 'ops',
    events: ['provider.down', 'provider.recovered', 'provider.flagged'],
  });
const find = (status: HealthStatus) =>
  bed.store.providerHealth.updateOne(
    { _id: providerId },
    {
      status,
      errorMessage: 'refused',
      responseTimeMs: 5,
      checkedAt: new Date(bed.clock.now()),
      dissent: null,
    },
    { upsert: true },
  );
const readTold = () => receiver.calls.map(({ body }) => (JSON.parse(body) as { type: string }).type);

it('tells that a provider is down and that it answers again, once each, with the page that shows it', async () => {
  await find('healthy');
  await bed.watch();
  expect(readTold()).toEqual([]);
  await find('down');
  for (let look = 0; look < 3; look += 1) await bed.watch();
  expect(readTold()).toEqual(['provider.down']);
  const { timestamp, data } = JSON.parse(receiver.calls[0]!.body);
  expect(timestamp).toBe(new Date(bed.clock.now()).toISOString());
  expect(data).toMatchObject({
    summary: expect.stringContaining('main is down: refused'),
    url: `https://understudy.test/advanced/providers/${providerId}`,
    providerId,
    status: 'down',
  });
  bed.clock.advance(2 * MINUTE);
  await find('healthy');
  for (let look = 0; look < 3; look += 1) await bed.watch();
  expect(readTold()).toEqual(['provider.down', 'provider.recovered']);
  expect(JSON.parse(receiver.calls[1]!.body).data).toMatchObject({ downForMs: 2 * MINUTE });
});

it('tells of one that comes and goes at most every five minutes, and how it stands then', async () => {
  for (const status of ['down', 'healthy', 'down', 'healthy', 'down'] as const) {
    await find(status);
    await bed.watch();
    bed.clock.advance(MINUTE / 2);
  }
  expect(readTold()).toEqual(['provider.down', 'provider.recovered']);
  bed.clock.advance(3 * MINUTE);
  await bed.watch();
  expect(readTold()).toEqual(['provider.down', 'provider.recovered', 'provider.down']);
});

it('tells each change once, by however many it is looked for at the same time', async () => {
  await find('down');
  await Promise.all(Array.from({ length: 4 }, () => watchAlerts(bed.alertsDeps)));
  await bed.watch();
  expect(receiver.calls).toHaveLength(1);
  expect(await bed.store.alerts.countDocuments()).toBe(1);
});

it('tells under the same id what a process that died had put on record and not told, or not noted as told', async () => {
  await find('down');
  const dies = { ...bed.alertsDeps, announcer: { announce: () => Promise.reject(new Error('killed')) } };
  await expect(watchAlerts(dies)).rejects.toThrow('killed');
  const [alert] = await bed.store.alerts.find().lean();
  const diesLater = {
    ...bed.alertsDeps,
    announcer: {
      async announce(...args: Parameters<typeof bed.announcer.announce>) {
        await bed.announcer.announce(...args);
        throw new Error('killed');
      },
    },
  };
  await expect(watchAlerts(diesLater)).rejects.toThrow('killed');
  for (let look = 0; look < 2; look += 1) await bed.watch();
  expect(receiver.calls.map(({ headers }) => headers['webhook-id'])).toEqual([alert?._id]);
});

it('tells an endpoint that is new nothing of what was told before', async () => {
  await bed.store.webhooks.deleteMany({});
  await find('down');
  await bed.watch();
  await listen();
  await bed.watch();
  expect(receiver.calls).toEqual([]);
  await find('healthy');
  await bed.watch();
  expect(readTold()).toEqual(['provider.recovered']);
});

it('tells of each flag that is set anew, but of none within five minutes of another', async () => {
  const flag = (at: Date | null) =>
    bed.store.providers.updateOne(
      { _id: providerId },
      { flagged: at && { reason: 'unauthenticated', message: 'Incorrect API key.', at } },
    );
  await flag(new Date(bed.clock.now()));
  for (let look = 0; look < 2; look += 1) await bed.watch();
  bed.clock.advance(MINUTE);
  await flag(null);
  await bed.watch();
  await flag(new Date(bed.clock.now()));
  await bed.watch();
  expect(readTold()).toEqual(['provider.flagged']);
  bed.clock.advance(4 * MINUTE);
  for (let look = 0; look < 2; look += 1) await bed.watch();
  expect(readTold()).toEqual(['provider.flagged', 'provider.flagged']);
});

it('says of an alert when it was over, also where its provider was switched off or deleted', async () => {
  const readOpen = () => bed.store.alerts.countDocuments({ endedAt: null });
  await find('down');
  await bed.watch();
  expect(await readOpen()).toBe(1);
  await bed.store.providers.updateOne({ _id: providerId }, { enabled: false });
  await bed.watch();
  expect(await readOpen()).toBe(0);
  await bed.store.providers.updateOne({ _id: providerId }, { enabled: true });
  bed.clock.advance(6 * MINUTE);
  await bed.watch();
  expect(await readOpen()).toBe(1);
  await bed.store.providers.updateOne({ _id: providerId }, { deletedAt: new Date() });
  bed.clock.advance(6 * MINUTE);
  await bed.watch();
  expect(await readOpen()).toBe(0);
  expect(await bed.store.alertConditions.countDocuments()).toBe(0);
  expect(readTold()).toEqual(['provider.down', 'provider.down']);
});

it('tells again of an endpoint that is disabled again, not within five minutes', async () => {
  await bed.addEndpoint({ url: receiver.url, client: 'ops', events: ['webhook.disabled'] });
  const other = await bed.addEndpoint({ url: 'https://gone.example.com/secret' });
  const set = (disabled: { at: Date; reason: string } | null) =>
    bed.store.webhooks.updateOne({ _id: other._id }, { enabled: disabled === null, disabled });
  const disable = () => set({ at: new Date(bed.clock.now()), reason: 'it answered 410.' });
  await disable();
  for (let look = 0; look < 2; look += 1) await bed.watch();
  await set(null);
  await bed.watch();
  await disable();
  bed.clock.advance(MINUTE);
  await bed.watch();
  expect(receiver.calls).toHaveLength(1);
  expect(receiver.calls[0]?.body).not.toContain('secret');
  bed.clock.advance(4 * MINUTE);
  for (let look = 0; look < 2; look += 1) await bed.watch();
  expect(receiver.calls).toHaveLength(2);
});
