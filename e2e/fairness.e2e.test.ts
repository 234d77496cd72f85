import { afterAll, beforeAll, expect, it } from 'vitest';
import { createClient, type Client } from '../shared/src/client/client.ts';
import { connectStore, type Store } from '../shared/src/store/connect.ts';
import { toNative } from '../shared/src/store/define-model.ts';
import { buildJob } from '../shared/src/testing/builders.ts';
import { eventually } from '../shared/src/testing/eventually.ts';
import type { FakeVendor } from '../shared/src/testing/fake-vendors/fake-vendor.ts';
import { startFakeOpenAi } from '../shared/src/testing/fake-vendors/openai/server.ts';
import { makeDataDir, removeData, startProduct, type Product } from './support/product.ts';

const PLACES = 16;
const ANSWER_MS = 300;
/** What a provider works on, half a second of work ahead of it, and what was finished while one looked. */
const WINDOW = 2 * (PLACES + (PLACES * 500) / ANSWER_MS);

let dataDir: string;
let product: Product;
let store: Store;
let vendor: FakeVendor;
let admin: Client;

beforeAll(async () => {
  dataDir = makeDataDir();
  product = await startProduct({ dataDir, env: { UNDERSTUDY_PRIVATE_HOSTS: '127.0.0.1' } });
  store = await connectStore({ mongodbUri: product.runtime().mongodbUri });
  vendor = await startFakeOpenAi();
  vendor.respondAlways({ kind: 'delay', ms: ANSWER_MS });
  admin = createClient({ baseUrl: product.url, token: product.adminToken });
  const configuration = { model: 'gpt-4o-mini', maxConcurrency: PLACES };
  await admin.providers.create({
    name: 'main',
    type: 'openai',
    apiKey: 'sk-fairness-0123456789',
    baseUrl: vendor.url,
    configuration,
  });
});
afterAll(async () => {
  await store.close();
  await product.stop();
  await vendor.stop();
  removeData(dataDir);
});

/** Lets so many jobs of a client wait, as if it had submitted them all at once. */
async function layUp(client: string, count: number) {
  const jobs = Array.from({ length: count }, () => buildJob({ client, waiting: true, allowDegraded: false }));
  await toNative(store.jobs).insertMany(jobs);
}

const countStarted = (client: string) => store.jobs.countDocuments({ client, startedAt: { $ne: null } });

async function connectAs(client: string): Promise<Client> {
  const body = JSON.stringify({ name: client, client, scopes: ['jobs:write'] });
  const reply = await product.call('/api/tokens', { method: 'POST', body });
  const { token } = (await reply.json()) as { token: string };
  return createClient({ baseUrl: product.url, token });
}

it('answers one job of a client while another has 3,000 waiting', async () => {
  await layUp('busy', 3_000);
  const modest = await connectAs('modest');
  await eventually(async () => (await countStarted('busy')) > 2 * WINDOW, { timeoutMs: 30_000 });
  const { id } = await modest.classifications.submit({ text: 'One bug', labels: ['praise', 'bug'] });
  const { state, createdAt, startedAt } = await modest.classifications.wait(id, { timeoutMs: 30_000 });
  expect(state).toBe('succeeded');
  const overtaken = await store.jobs.countDocuments({
    client: 'busy',
    startedAt: { $gt: new Date(createdAt), $lt: new Date(startedAt ?? '') },
  });
  expect(overtaken).toBeLessThanOrEqual(WINDOW);
});

it('serves two busy clients alike', async () => {
  await layUp('other', 3_000);
  const before = await countStarted('busy');
  await eventually(async () => (await countStarted('other')) > 3 * WINDOW);
  const [busy, other] = await Promise.all([countStarted('busy'), countStarted('other')]);
  expect(Math.abs(busy - before - other)).toBeLessThanOrEqual(WINDOW);
});
