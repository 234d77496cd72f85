import { createClient, type Client } from '../../shared/src/client/client.ts';
import { createId, toIdAt } from '../../shared/src/ids.ts';
import { connectStore } from '../../shared/src/store/connect.ts';
import type { JobDocument } from '../../shared/src/store/jobs/model.ts';
import { buildJob } from '../../shared/src/testing/builders.ts';
import { startFakeOpenAi } from '../../shared/src/testing/fake-vendors/openai/server.ts';
import type { Product } from '../support/product.ts';

const PROVIDERS = 10;
const MODEL = 'gpt-4o-mini';
const LABELS = ['billing', 'bug', 'praise'];
/** Jobs that are really run, so that statistics and logs have something to tell. */
const RUN = 200;
const AT_ONCE = 20;
const BATCH_SIZE = 5_000;
/** One job of so many has failed. */
const ONE_FAILED_IN = 500;
/** Over this time the stored jobs were submitted. */
const SPREAD_MS = 7 * 86_400_000;

/** Ten providers, and a ledger with so many jobs, some of which were really run; and one of all else there is. */
export async function fillProduct(product: Product, jobs: number) {
  const client = createClient({ baseUrl: product.url, token: product.adminToken });
  const vendors = await Promise.all(
    Array.from({ length: PROVIDERS }, () => startFakeOpenAi({ models: [MODEL] })),
  );
  for (const [index, { url }] of vendors.entries()) {
    await client.providers.create({
      name: `provider-${index + 1}`,
      type: 'openai',
      apiKey: 'sk-rehearsal-0123456789',
      baseUrl: url,
      priority: (index + 1) * 10,
      configuration: { model: MODEL },
    });
  }
  await storeJobs(product.runtime().mongodbUri, jobs);
  await client.config.update({ strategy: 'round-robin' });
  for (let done = 0; done < RUN; done += AT_ONCE) {
    if (done % 60 === 0) vendors[0]?.respondWith({ kind: 'status', status: 500 });
    const job = { text: 'It is about billing', labels: LABELS };
    await Promise.all(
      Array.from({ length: AT_ONCE }, () => client.classifications.submit(job, { waitSeconds: 30 })),
    );
  }
  await makeOneOfEach(client);
  return {
    providers: PROVIDERS,
    stop: async () => {
      await Promise.all(vendors.map((vendor) => vendor.stop()));
    },
  };
}

/** What the other pages list. */
async function makeOneOfEach(client: Client) {
  await client.classifiers.create({ name: 'support', labels: LABELS });
  await client.webhooks.create({ url: 'https://tickets.example.com/hook', events: ['batch.finished'] });
  await client.batches.submit({
    defaults: { labels: LABELS },
    items: Array.from({ length: AT_ONCE }, (_, index) => ({ text: `It is about billing, item ${index}` })),
  });
  const { provider } = await client.providers.read('provider-1');
  await client.failovers.drill({ providerId: provider.id, fault: 'server_error' });
}

/** In the order of their ids, the oldest first, as they would have come in. */
async function storeJobs(mongodbUri: string, count: number) {
  const store = await connectStore({ mongodbUri });
  const since = Date.now() - SPREAD_MS;
  try {
    for (let from = 0; from < count; from += BATCH_SIZE) {
      const step = Array.from({ length: Math.min(BATCH_SIZE, count - from) }, (_, index) => {
        const number = from + index;
        return buildEndedJob(number, new Date(since + (SPREAD_MS * number) / count));
      });
      await store.jobs.collection.insertMany(step as never, { ordered: false });
    }
  } finally {
    await store.close();
  }
}

function buildEndedJob(number: number, createdAt: Date): JobDocument {
  const common = {
    _id: toIdAt('job', createdAt.getTime()) + createId('job').slice(-16),
    createdAt,
    startedAt: createdAt,
    finishedAt: new Date(createdAt.getTime() + 400),
    attemptCount: 1,
    metadata: { ticket: String(number) },
  };
  if (number % ONE_FAILED_IN === 0) {
    const error = { code: 'deadline_exceeded', message: 'No provider answered.' } as const;
    return buildJob({ ...common, state: 'failed', error });
  }
  return buildJob({
    ...common,
    state: 'succeeded',
    provider: { id: 'prv_0', name: 'main', type: 'openai', model: MODEL },
    result: { label: 'billing', labels: [{ name: 'billing', confidence: 0.97 }], rationale: null },
  });
}
