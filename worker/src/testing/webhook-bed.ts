import { dispatchConfig } from '@understudy/shared/contracts/dispatch-config';
import { createAddressGuard } from '@understudy/shared/net/address-guard';
import { createGuardedAgent } from '@understudy/shared/net/guarded-agent';
import { createProducer, type Producer } from '@understudy/shared/jobs/producer';
import { createKeyRing } from '@understudy/shared/secrets/key-ring';
import { createSigningSecret } from '@understudy/shared/secrets/webhook-secret';
import type { DeliveryDocument } from '@understudy/shared/store/webhooks/delivery-model';
import { toWebhookSecretPlace, type WebhookDocument } from '@understudy/shared/store/webhooks/model';
import { createId } from '@understudy/shared/ids';
import type { JobDocument } from '@understudy/shared/store/jobs/model';
import { buildJob } from '@understudy/shared/testing/builders';
import { createTestBed, type TestBed } from '@understudy/shared/testing/test-bed';
import { watchAlerts, type AlertsDeps } from '../alerts/watch-alerts.ts';
import { createWebhookUpkeep } from '../upkeep/webhooks.ts';
import { createRelay, type Relay } from '../relay/relay.ts';
import { createDeliveryLanes, type DeliveryLanes } from '../webhooks/delivery-lanes.ts';
import { deliver, type DeliverDeps } from '../webhooks/deliver.ts';
import { createAnnouncer, type Announcer } from '../webhooks/announcer.ts';
import { createFakeClock, type FakeClock } from './fake-clock.ts';

/** The way of webhooks over real stores, whose queue and clock move when a test says so. */
export interface WebhookBed extends TestBed {
  clock: FakeClock;
  producer: Producer;
  relay: Relay;
  announcer: Announcer;
  deliveryLanes: DeliveryLanes;
  deps: DeliverDeps;
  alertsDeps: AlertsDeps;
  /** Registers an endpoint; `secret` is what its deliveries are signed with. */
  addEndpoint(overrides: Partial<WebhookDocument>): Promise<WebhookDocument & { secret: string }>;
  /** Puts an ended job into the ledger, still to be told. */
  insertEnded(
    overrides?: Partial<JobDocument>,
  ): Promise<JobDocument & { announce: { eventId: string; at: Date } }>;
  /** Relays the end of a job. */
  tell(job: JobDocument & { announce: { eventId: string } }): Promise<void>;
  /** Tries all that the queue holds at this moment, side by side. @returns how many. */
  work(): Promise<number>;
  upkeep(): Promise<void>;
  /** Looks for what operators are to be alerted of, and has that tried. */
  watch(): Promise<void>;
  /** Lets time pass, and what is due then be tried. */
  pass(ms: number): Promise<void>;
  readDeliveries(): Promise<DeliveryDocument[]>;
  clear(): Promise<void>;
}

export async function createWebhookBed(): Promise<WebhookBed> {
  const bed = await createTestBed();
  const { store } = bed;
  const clock = createFakeClock();
  const producer = createProducer(bed);
  const keyRing = createKeyRing(bed.masterKeys);
  const deliveryLanes = createDeliveryLanes({ ...bed, producer, clock });
  const relay = createRelay({ ...bed, clock, onDue: deliveryLanes.feed });
  const announcer = createAnnouncer({ store, clock, onDue: deliveryLanes.feed });
  const agent = createGuardedAgent(createAddressGuard({ privateHosts: ['127.0.0.1'] }));
  const deps: DeliverDeps = {
    ...bed,
    keyRing,
    deliveryLanes,
    dispatcher: agent,
    clock,
    random: () => 0.5,
  };
  const upkeep = createWebhookUpkeep({ ...bed, deliveryLanes, clock });
  const alertsDeps: AlertsDeps = {
    ...bed,
    announcer,
    settings: { current: () => dispatchConfig.parse({}) },
    publicUrl: 'https://understudy.test',
    clock,
  };

  async function work() {
    await deliveryLanes.flush();
    const jobs = await producer.queues.webhook.getJobs(['wait', 'delayed', 'prioritized'], 0, -1, true);
    for (const job of jobs) await job.remove();
    await Promise.all(jobs.map(({ data }) => deliver(deps, (data as { deliveryId: string }).deliveryId)));
    return jobs.length;
  }

  return {
    ...bed,
    clock,
    producer,
    relay,
    announcer,
    deliveryLanes,
    deps,
    alertsDeps,
    async addEndpoint(overrides) {
      const id = createId('whk');
      const now = new Date();
      const { secret, stored } = createSigningSecret(keyRing, toWebhookSecretPlace(id), now);
      const webhook: WebhookDocument = {
        _id: id,
        client: 'default',
        url: 'http://127.0.0.1:2/',
        events: ['classification.succeeded', 'classification.failed', 'classification.cancelled'],
        description: null,
        enabled: true,
        disabled: null,
        secrets: [stored],
        revision: 1,
        createdAt: now,
        updatedAt: now,
        ...overrides,
      };
      await store.webhooks.create(webhook);
      return { ...webhook, secret };
    },
    async insertEnded(overrides) {
      const announce = { eventId: createId('evt'), at: new Date() };
      const ended = { state: 'succeeded' as const, finishedAt: new Date(), ...overrides };
      const job = { ...buildJob(ended), announce };
      await store.jobs.create(job);
      return job;
    },
    async tell(job) {
      relay.emit(job);
      await relay.flush();
    },
    work,
    upkeep,
    async watch() {
      await watchAlerts(alertsDeps);
      while ((await work()) > 0);
    },
    async pass(ms) {
      clock.advance(ms);
      await upkeep();
      while ((await work()) > 0);
    },
    readDeliveries: () => store.deliveries.find().sort({ _id: 1 }).lean<DeliveryDocument[]>(),
    async clear() {
      await deliveryLanes.flush();
      const { jobs, webhooks, deliveries, targets, clients, audit, alerts, alertConditions } = store;
      const models = [jobs, webhooks, deliveries, targets, clients, audit, alerts, alertConditions];
      for (const model of models) {
        await (model as typeof store.jobs).deleteMany({});
      }
      await bed.wipeRedis();
    },
    async close() {
      await agent.destroy();
      await producer.close();
      await bed.close();
    },
  };
}
