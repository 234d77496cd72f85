import { createClient } from '../../shared/src/client/client.ts';
import { createId } from '../../shared/src/ids.ts';
import { connectStore } from '../../shared/src/store/connect.ts';
import { buildJob } from '../../shared/src/testing/builders.ts';
import { startFakeOpenAi } from '../../shared/src/testing/fake-vendors/openai/server.ts';
import type { Product } from '../support/product.ts';

const PROVIDERS = 10;
const MODEL = 'gpt-4o-mini';
/** Jobs that are really run, so that statistics and logs have something to tell. */
const RUN = 200;
const AT_ONCE = 20;
const STEP = 5_000;
/** One job of so many has failed. */
const ONE_FAILED_IN = 500;

/** Ten providers, and a ledger with so many jobs, some of which were really run. */
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
    const job = { text: 'It is about billing', labels: ['billing', 'bug', 'praise'] };
    await Promise.all(
      Array.from({ length: AT_ONCE }, () => client.classifications.submit(job, { waitSeconds: 30 })),
    );
  }
  return {
    providers: PROVIDERS,
    stop: async () => {
      await Promise.all(vendors.map((vendor) => vendor.stop()));
    },
  };
}

async function storeJobs(mongodbUri: string, count: number) {
  const store = await connectStore({ mongodbUri });
  const provider = { id: createId('prv'), name: 'main', type: 'openai' as const, model: MODEL };
  try {
    for (let from = 0; from < count; from += STEP) {
      const step = Array.from({ length: Math.min(STEP, count - from) }, (_, index) => {
        const createdAt = new Date();
        const hasFailed = (from + index) % ONE_FAILED_IN === 0;
        return buildJob({
          state: hasFailed ? 'failed' : 'succeeded',
          createdAt,
          startedAt: createdAt,
          finishedAt: createdAt,
          provider: hasFailed ? null : provider,
          attemptCount: 1,
          result: hasFailed
            ? null
            : { label: 'billing', labels: [{ name: 'billing', confidence: 0.97 }], rationale: null },
          error: hasFailed ? { code: 'deadline_exceeded', message: 'No provider answered.' } : null,
          metadata: { ticket: String(from + index) },
        });
      });
      await store.jobs.collection.insertMany(step as never, { ordered: false });
    }
  } finally {
    await store.close();
  }
}
