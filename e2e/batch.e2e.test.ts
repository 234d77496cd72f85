import { afterAll, beforeAll, expect, it } from 'vitest';
import { createClient, type Client } from '../shared/src/client/client.ts';
import type { NewBatchItem } from '../shared/src/client/batches.ts';
import { eventually } from '../shared/src/testing/eventually.ts';
import { makeDataDir, removeData, startProduct, type Product } from './support/product.ts';

const LABELS = ['billing', 'bug', 'praise'];
const COUNT = 300;

let dataDir: string;
let product: Product;
let client: Client;
beforeAll(async () => {
  dataDir = await makeDataDir();
  product = await startProduct({ dataDir });
  client = createClient({ baseUrl: product.url, token: product.adminToken });
});
afterAll(async () => {
  await product.stop();
  await removeData(dataDir);
});

async function* makeItems(): AsyncGenerator<NewBatchItem> {
  for (let index = 0; index < COUNT; index += 1) {
    yield { text: `There is a ${LABELS[index % 3]} here`, customId: `item ${index}` };
  }
}

it('answers a batch that came as lines, counts it to its end, and gives the answers in order of input', async () => {
  const accepted = await client.batches.submitLines(makeItems(), { defaults: { labels: LABELS } });
  expect(accepted).toMatchObject({ accepted: COUNT, rejected: [] });
  await eventually(async () => (await client.batches.get(accepted.id)).progress === 1, {
    timeoutMs: 40_000,
    everyMs: 200,
  });
  const [listed] = await eventually(async () => {
    const { data } = await client.batches.list();
    return data[0]?.finishedAt ? data : false;
  });
  expect(listed).toMatchObject({ id: accepted.id, counts: { succeeded: COUNT }, progress: 1 });
  let index = 0;
  for await (const { customId, job } of client.batches.results(accepted.id)) {
    expect([customId, job.result?.label]).toEqual([`item ${index}`, LABELS[index % 3]]);
    index += 1;
  }
  expect(index).toBe(COUNT);
});
