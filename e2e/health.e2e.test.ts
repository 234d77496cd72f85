import { afterAll, beforeAll, beforeEach, expect, it, onTestFinished } from 'vitest';
import { createClient, type Client } from '../shared/src/client/client.ts';
import { eventually } from '../shared/src/testing/eventually.ts';
import type { FakeRequest, FakeVendor } from '../shared/src/testing/fake-vendors/fake-vendor.ts';
import { startFakeOpenAi } from '../shared/src/testing/fake-vendors/openai/server.ts';
import { removeData, startProduct, type Product } from './support/product.ts';

const NAMES = ['first', 'second', 'third'];
/** As many as all checks that one worker makes at once take for half a minute, while none of them ends before its limit. */
const ROUNDS = 40;

let product: Product;
let vendor: FakeVendor;
let client: Client;
beforeAll(async () => {
  [product, vendor] = await Promise.all([
    startProduct({ env: { UNDERSTUDY_PRIVATE_HOSTS: '127.0.0.1' } }),
    startFakeOpenAi({ models: ['fake-model'] }),
  ]);
  client = createClient({ baseUrl: product.url, token: product.adminToken });
  for (const [index, name] of NAMES.entries()) {
    const configuration = { model: 'fake-model', price: { inputUsdPerMillion: 1, outputUsdPerMillion: 1 } };
    const body = { name, type: 'openai-compatible', baseUrl: vendor.url, priority: index, configuration };
    const reply = await product.call('/api/providers', { method: 'POST', body: JSON.stringify(body) });
    if (reply.status !== 201) throw new Error(await reply.text());
  }
});
beforeEach(() => vendor.listModelsWith({ kind: 'answer' }));
afterAll(async () => {
  await product.stop();
  await vendor.stop();
  removeData(product.dataDir);
});

const isList = ({ method }: FakeRequest) => method === 'GET';
const countLists = () => vendor.requests.filter(isList).length;

it('checks by real workers, free of charge or deep, and answers what came of it', async () => {
  const free = await client.providers.checkHealth({ providerIds: NAMES }, { waitSeconds: 30 });
  expect(free.results?.map(({ status }) => status)).toEqual(NAMES.map(() => 'healthy'));
  expect(vendor.requests.every(isList)).toBe(true);
  const deep = await client.providers.checkHealth(
    { providerIds: ['first'], deep: true },
    { waitSeconds: 30 },
  );
  expect(deep.results).toMatchObject([{ status: 'healthy', errorMessage: null }]);
  expect(vendor.requests.filter((request) => !isList(request))).toHaveLength(1);
  // What it cost is no real traffic.
  expect((await client.providers.usage('first')).totals).toMatchObject({ requestCount: 0, totalCostUsd: 0 });
});

it('answers jobs, and what is known of health, while every check of every provider hangs', async () => {
  vendor.listModelsWith({ kind: 'hang' });
  const before = countLists();
  for (let round = 0; round < ROUNDS; round += 1) await client.providers.checkHealth({ providerIds: NAMES });
  // All that a worker checks at once is under way, and hangs.
  await eventually(() => countLists() >= before + 8);
  for (let job = 0; job < 5; job += 1) {
    const { state, degraded, provider } = await client.classifications.submit(
      { text: 'My card was charged twice', labels: ['card charged', 'exchange rate'] },
      { waitSeconds: 30 },
    );
    expect({ state, degraded, name: provider?.name }).toEqual({
      state: 'succeeded',
      degraded: false,
      name: 'first',
    });
    const { data } = await client.providers.health();
    expect(data.map(({ provider: { name } }) => name)).toEqual(expect.arrayContaining(NAMES));
  }
  const hanging = vendor.requests.filter(isList).slice(before);
  expect(hanging.length).toBeLessThan(ROUNDS * NAMES.length);
  const isOver = new Set<FakeRequest>();
  for (const request of hanging) void request.droppedByClient.then(() => isOver.add(request));
  await new Promise(setImmediate);
  expect(hanging.filter((request) => !isOver.has(request))).not.toEqual([]);
});

it('says what is known of health without calling anybody', async () => {
  // Whoever checks by the schedule stands still, so that nobody is left to call but the one who is asked.
  product.kill('worker', 'SIGSTOP');
  onTestFinished(() => void product.kill('worker', 'SIGCONT'));
  // What was on its way before that has arrived when this is answered.
  await client.providers.health();
  const before = vendor.requests.length;
  for (let call = 0; call < 20; call += 1) await client.providers.health();
  expect(vendor.requests.length).toBe(before);
});
