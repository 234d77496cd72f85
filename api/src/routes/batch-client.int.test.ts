import { createClient, type Client } from '@understudy/shared/client/client';
import type { NewBatchItem } from '@understudy/shared/client/batches';
import { ProblemError } from '@understudy/shared/client/problem-error';
import { createId } from '@understudy/shared/ids';
import { eventually } from '@understudy/shared/testing/eventually';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestApi, type TestApi } from '../testing/test-api.ts';

let api: TestApi;
let client: Client;
beforeAll(async () => {
  api = await startTestApi();
  const { token } = await api.as({ scopes: ['jobs:write'] });
  client = createClient({ baseUrl: api.url, token });
});
afterAll(() => api.close());

const defaults = { labels: ['billing', 'bug'] };
async function* makeItems(count: number): AsyncGenerator<NewBatchItem> {
  for (let index = 0; index < count; index += 1) yield { text: `text ${index} – ü`, customId: `c${index}` };
}

it('submits, follows, lists and cancels a batch', async () => {
  const idempotencyKey = createId('evt');
  const batch = { defaults, items: [{ text: 'a' }, { text: '' }] };
  const accepted = await client.batches.submit(batch, { idempotencyKey });
  expect(accepted).toMatchObject({ accepted: 1, rejected: [{ index: 1 }] });
  expect(await client.batches.submit(batch, { idempotencyKey })).toEqual(accepted);
  expect(await client.batches.get(accepted.id)).toMatchObject({ total: 1, progress: 0 });
  expect((await client.batches.list({ limit: 1 })).data).toMatchObject([{ id: accepted.id }]);
  expect(await client.batches.cancel(accepted.id)).toMatchObject({ counts: { cancelled: 1 }, progress: 1 });
});

it('submits lines while they are made, and gives results as they arrive', async () => {
  const accepted = await client.batches.submitLines(makeItems(2_500), { defaults });
  expect(accepted.accepted).toBe(2_500);
  const texts: string[] = [];
  for await (const { index, customId, job } of client.batches.results(accepted.id)) {
    texts.push(`${index} ${customId} ${job.text}`);
    if (texts.length === 1_000) break;
  }
  expect(texts).toEqual(Array.from({ length: 1_000 }, (_, index) => `${index} c${index} text ${index} – ü`));
});

it('throws the problem of a batch that is refused, and of results that are not there', async () => {
  const refused = client.batches.submitLines([{ text: 'a' }, { text: '' }], { defaults, atomic: true });
  await expect(refused).rejects.toMatchObject({ status: 422, errors: [{ pointer: '/items/1/text' }] });
  await expect(client.batches.results('bat_none').next()).rejects.toThrow(ProblemError);
});

it('ends results with what the caller ended them with', async () => {
  const { id } = await client.batches.submitLines(makeItems(2_500), { defaults });
  const enough = new AbortController();
  const results = client.batches.results(id, { signal: enough.signal });
  await results.next();
  enough.abort(new Error('enough'));
  const readOn = async () => {
    for await (const result of results) void result;
  };
  await expect(readOn()).rejects.toThrow('enough');
});

it('throws what making an item threw, and submits none', async () => {
  const fault = new Error('no more of the file');
  async function* makeBroken() {
    yield* makeItems(5);
    throw fault;
  }
  const before = await client.batches.list({ limit: 1 });
  await expect(client.batches.submitLines(makeBroken(), { defaults })).rejects.toBe(fault);
  expect(await client.batches.list({ limit: 1 })).toEqual(before);
});

it('makes one batch of twins that two processes take by different keys, as while the keys are rotated', async () => {
  // One token for both: another one at the second start would take the place of the first.
  const { bed, adminToken: token } = api;
  const [one] = bed.masterKeys;
  const two = { version: 2, key: Buffer.alloc(32, 2) };
  const start = (...keys: typeof bed.masterKeys) =>
    startTestApi({
      bed,
      config: { UNDERSTUDY_MASTER_KEYS: keys, UNDERSTUDY_BOOTSTRAP_TOKEN: token },
    });
  const [before, after] = [await start(one, two), await start(two, one)];
  const submit = ({ url }: TestApi, items: AsyncGenerator<NewBatchItem>) =>
    createClient({ baseUrl: url, token }).batches.submitLines(items, {
      defaults,
      idempotencyKey,
    });
  const idempotencyKey = createId('evt');
  const idle = await bed.store.batches.countDocuments({ state: 'receiving' });
  const isFirstAccepted = Promise.withResolvers<void>();
  // Long enough to be sent at once.
  const long = { text: 'x'.repeat(100_000) };
  async function* makeSlowly() {
    yield long;
    await isFirstAccepted.promise;
    yield* makeItems(1);
  }
  async function* makeAtOnce() {
    yield long;
    yield* makeItems(1);
  }
  try {
    const slow = submit(before, makeSlowly());
    await eventually(async () => (await bed.store.batches.countDocuments({ state: 'receiving' })) > idle);
    const accepted = await submit(after, makeAtOnce());
    isFirstAccepted.resolve();
    expect(await slow).toEqual(accepted);
    expect(await submit(after, makeAtOnce())).toEqual(accepted);
  } finally {
    await Promise.all([before.close(), after.close()]);
  }
});
