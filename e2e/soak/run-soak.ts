import { setTimeout as delay } from 'node:timers/promises';
import { createClient, type Client } from '../../shared/src/client/client.ts';
import { startFakeAnthropic } from '../../shared/src/testing/fake-vendors/anthropic/server.ts';
import type { FakeVendor } from '../../shared/src/testing/fake-vendors/fake-vendor.ts';
import { startFakeOpenAi } from '../../shared/src/testing/fake-vendors/openai/server.ts';
import { createRandom } from '../../shared/src/testing/random.ts';
import { countAnnouncements } from '../support/announcements.ts';
import { makeDataDir, removeData, startProduct, type Product } from '../support/product.ts';
import { takeStock, type Stock } from '../support/take-stock.ts';
import { untilInUse } from '../support/until-in-use.ts';
import { plague, type Outage } from './faults.ts';

export interface SoakOptions {
  /** The same faults come in the same order and at the same times for the same seed. */
  seed: number;
  seconds: number;
  /** Jobs a second. */
  rate: number;
  workers: number;
}

export interface SoakReport extends Stock {
  outages: Outage[];
  /** Classifications that each vendor was asked for. */
  calls: Record<string, number>;
}

/** A job that is not final so long after the last one was accepted counts as lost. */
const TIMEOUT_MS = 120_000;

/** Runs the whole product under load while faults come over two of its three providers and go again. */
export async function runSoak({ seed, seconds, rate, workers }: SoakOptions): Promise<SoakReport> {
  const dataDir = makeDataDir();
  const env = { UNDERSTUDY_PRIVATE_HOSTS: '127.0.0.1', WORKER_PROCESSES: String(workers) };
  const product = await startProduct({ dataDir, env });
  const vendors = await startVendors();
  try {
    const client = createClient({ baseUrl: product.url, token: product.adminToken });
    await configure(client, vendors);
    await untilInUse(client, 'first');
    const announced = await countAnnouncements(product.runtime().redisUrl);
    const random = createRandom(seed);
    const end = new AbortController();
    const plagues = Object.entries(vendors)
      .slice(0, 2)
      .map((vendor) => plague(vendor, createRandom(random() * 2 ** 32), end.signal));
    const accepted = await submitAll(client, { seconds, rate });
    end.abort();
    const outages = (await Promise.all(plagues)).flat();
    const stock = await takeStock(client, { announced, accepted, timeoutMs: TIMEOUT_MS });
    await announced.stop();
    return { ...stock, outages, calls: countCalls(vendors) };
  } finally {
    await stopAll(product, vendors);
    removeData(dataDir);
  }
}

async function startVendors(): Promise<Record<string, FakeVendor>> {
  return {
    first: await startFakeOpenAi(),
    second: await startFakeAnthropic(),
    third: await startFakeOpenAi(),
  };
}

async function configure(client: Client, vendors: Record<string, FakeVendor>) {
  const models = { openai: 'gpt-4o-mini', anthropic: 'claude-haiku-4-5' } as const;
  for (const [index, [name, { url }]] of Object.entries(vendors).entries()) {
    const type = name === 'second' ? 'anthropic' : 'openai';
    const configuration = { model: models[type], maxConcurrency: 64 };
    await client.providers.create({
      name,
      type,
      baseUrl: url,
      priority: index + 1,
      configuration,
      apiKey: 'sk-soak-0123456789',
    });
  }
  // Circuits close soon again, so that many faults have their turn.
  await client.config.update({
    breaker: { openMs: 2_000, rampMs: 2_000 },
    healthCheck: { intervalMs: 2_000, healthyAfter: 1 },
  });
}

const toJob = (index: number) => ({
  text: `Job ${index} is about billing`,
  labels: ['praise', 'bug', 'billing'],
});

async function submitAll(client: Client, { seconds, rate }: { seconds: number; rate: number }) {
  const accepted: string[] = [];
  const submits: Promise<void>[] = [];
  for (let index = 0; index < seconds * rate; index += 1) {
    const submitted = client.classifications
      .submit(toJob(index), { idempotencyKey: `soak-${index}` })
      .then(({ id }) => void accepted.push(id));
    submits.push(submitted);
    await delay(1_000 / rate);
  }
  await Promise.all(submits);
  return accepted;
}

function countCalls(vendors: Record<string, FakeVendor>): Record<string, number> {
  return Object.fromEntries(Object.entries(vendors).map(([name, vendor]) => [name, vendor.calls().length]));
}

async function stopAll(product: Product, vendors: Record<string, FakeVendor>) {
  await product.stop();
  for (const vendor of Object.values(vendors)) await vendor.stop();
}
