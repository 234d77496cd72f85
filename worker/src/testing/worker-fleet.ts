import type { DispatchConfig } from '@understudy/shared/contracts/dispatch-config';
import { createProducer, type Producer } from '@understudy/shared/jobs/producer';
import { createKeyRing } from '@understudy/shared/secrets/key-ring';
import { createSigningSecret } from '@understudy/shared/secrets/webhook-secret';
import type { WebhookEvent } from '@understudy/shared/contracts/webhook';
import { createId } from '@understudy/shared/ids';
import { systemClock, type Clock } from '@understudy/shared/runtime/clock';
import type { JobDocument } from '@understudy/shared/store/jobs/model';
import type { ProviderDocument } from '@understudy/shared/store/providers/model';
import { inTransaction } from '@understudy/shared/store/transaction';
import { bumpVersion } from '@understudy/shared/store/versions/versions';
import { toWebhookSecretPlace } from '@understudy/shared/store/webhooks/model';
import { buildJob } from '@understudy/shared/testing/builders';
import { changeDispatchConfig } from '@understudy/shared/testing/change-dispatch-config';
import { createTestBed, type TestBed } from '@understudy/shared/testing/test-bed';
import { compose, type WorkerProcess } from '../compose.ts';
import { loadConfig } from '../config.ts';
import { buildProvider, type ProviderOverrides } from './build-provider.ts';

/** The whole of several workers, as in production, over stores of a test's own and with real adapters. */
export interface WorkerFleet {
  bed: TestBed;
  producer: Producer;
  workers: WorkerProcess[];
  addProvider(overrides: ProviderOverrides): Promise<ProviderDocument>;
  /** Changes a provider as the API does: with its version, in one transaction. */
  changeProvider(id: string, change: Partial<ProviderDocument>): Promise<void>;
  configure(change: (config: DispatchConfig) => DispatchConfig): Promise<void>;
  /** Puts a job into the ledger and the queue, as a submit with a ticket does. */
  submit(overrides?: Partial<JobDocument>): Promise<string>;
  readJob(id: string): Promise<JobDocument>;
  /** Registers an operator's endpoint; gives what its deliveries are signed with. */
  listen(url: string, events: WebhookEvent[]): Promise<{ id: string; secret: string }>;
  close(): Promise<void>;
}

interface WorkerFleetOptions {
  clock?: Clock;
  /** What the adapters of each worker call through, in place of what goes past the guard. */
  toFetch?: (index: number) => typeof globalThis.fetch;
}

/** Starts `count` workers, without the provider `local`. */
export async function startWorkerFleet(
  count: number,
  { clock = systemClock, toFetch }: WorkerFleetOptions = {},
): Promise<WorkerFleet> {
  const bed = await createTestBed();
  const { store } = bed;
  await store.providers.deleteMany({});
  const producer = createProducer(bed);
  const config = loadConfig({
    MONGODB_URI: bed.mongodbUri,
    REDIS_URL: bed.redisUrl,
    PUBLIC_URL: 'https://understudy.test',
    UNDERSTUDY_PRIVATE_HOSTS: '127.0.0.1',
    UNDERSTUDY_MASTER_KEYS: bed.masterKeys
      .map(({ version, key }) => `${version}:${key.toString('base64')}`)
      .join(),
  });
  const workers: WorkerProcess[] = [];
  for (let index = 0; index < count; index += 1) {
    const overrides = { logger: bed.logger, prefix: bed.prefix, clock };
    const worker = await compose(config, { ...overrides, ...(toFetch && { fetch: toFetch(index) }) });
    for (const service of worker.services) await service.start();
    workers.push(worker);
  }

  return {
    bed,
    producer,
    workers,
    async addProvider(overrides) {
      const document = buildProvider(overrides);
      await inTransaction(store, async (session) => {
        await store.providers.create([document], { session });
        await bumpVersion(store, 'providers', session);
      });
      return document;
    },
    async changeProvider(id, change) {
      await inTransaction(store, async (session) => {
        await store.providers.updateOne({ _id: id }, { ...change, $inc: { revision: 1 } }, { session });
        await bumpVersion(store, 'providers', session);
      });
    },
    configure: (change) => changeDispatchConfig(store, change),
    async submit(overrides) {
      const job = buildJob({ createdAt: new Date(clock.now()), ...overrides });
      await store.jobs.create(job);
      const { _id: jobId, generation, priority } = job;
      await producer.addClassifications([{ jobId, generation, priority }]);
      return jobId;
    },
    async readJob(id) {
      const job = await store.jobs.findById(id).lean<JobDocument>();
      if (!job) throw new Error(`There is no job ${id}`);
      return job;
    },
    async listen(url, events) {
      const id = createId('whk');
      const now = new Date();
      const place = toWebhookSecretPlace(id);
      const { secret, stored } = createSigningSecret(createKeyRing(bed.masterKeys), place, now);
      const given = { client: 'default', url, events, description: null, enabled: true, disabled: null };
      const written = { secrets: [stored], revision: 1, createdAt: now, updatedAt: now };
      await store.webhooks.create({ _id: id, ...given, ...written });
      return { id, secret };
    },
    async close() {
      await Promise.all(workers.map((worker) => worker.close()));
      await producer.close();
      await bed.close();
    },
  };
}
