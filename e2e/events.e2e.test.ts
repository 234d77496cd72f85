import { afterAll, beforeAll, expect, it } from 'vitest';
import { createClient } from '../shared/src/client/client.ts';
import type { ServerEvent } from '../shared/src/contracts/event.ts';
import { eventually } from '../shared/src/testing/eventually.ts';
import { removeData, startProduct, type Product } from './support/product.ts';

let product: Product;
beforeAll(async () => {
  product = await startProduct();
});
afterAll(async () => {
  await product.stop();
  removeData(product.dataDir);
});

it('tells of a job’s life, and of the fleet, as it happens', async () => {
  const client = createClient({ baseUrl: product.url, token: product.adminToken });
  const events: ServerEvent[] = [];
  const abort = new AbortController();
  const listening = (async () => {
    for await (const event of client.events({ signal: abort.signal })) events.push(event);
  })();
  // The overview comes to whoever listens.
  await eventually(() => events.some(({ type }) => type === 'stats'));
  const { id } = await client.classifications.submit(
    { text: 'My card was charged twice', labels: ['card charged', 'exchange rate'] },
    { waitSeconds: 20 },
  );
  const toStates = () =>
    events.flatMap(({ type, data }) => (type === 'job.updated' && data.id === id ? [data.state] : []));
  await eventually(() => expect(toStates()).toContain('succeeded'));
  expect(new Set(toStates())).toEqual(new Set(['queued', 'processing', 'succeeded']));
  expect(toStates().at(-1)).toBe('succeeded');

  const [checked] = (await client.providers.checkHealth({})).jobs;
  await eventually(() =>
    events.some((event) => event.type === 'health.checked' && event.data.providerId === checked?.providerId),
  );
  await eventually(async () => {
    const overview = await client.stats.overview('1h');
    expect(overview.jobs).toMatchObject({ queued: 0, processing: 0, succeeded: 1 });
    expect(overview.workers).toMatchObject([{ active: 0, concurrency: 32 }]);
  });
  abort.abort(new Error('enough'));
  await expect(listening).rejects.toThrow('enough');
});
