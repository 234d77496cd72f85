import { once } from 'node:events';
import { connect } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createId } from '@understudy/shared/ids';
import { toItemId } from '@understudy/shared/store/batches/item-id';
import { buildBatch, buildJob } from '@understudy/shared/testing/builders';
import { eventually } from '@understudy/shared/testing/eventually';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { startTestApi, type TestApi } from '../testing/test-api.ts';

const ROWS = 30_000;
const IN_BATCH = 10_000;
const MIB = 1_048_576;
/** What may be alive at once, whatever the number of rows: a page of them, and what is on its way. */
const MAX_ALIVE_BYTES = 24 * MIB;
/** A page of the export has 500 rows. */
const PAGES = ROWS / 500;

let api: TestApi;
const batchId = createId('bat');
beforeAll(async () => {
  api = await startTestApi();
  const { jobs, batches } = api.bed.store;
  const provider = { id: 'prv_1', name: 'main', type: 'openai' as const, model: 'm'.repeat(1_500) };
  const finishedAt = new Date();
  for (let from = 0; from < ROWS; from += 5_000) {
    const step = Array.from({ length: 5_000 }, (_, index) =>
      buildJob({
        ...(from < IN_BATCH ? { _id: toItemId(batchId, from + index), batchId } : {}),
        state: 'succeeded',
        finishedAt,
        provider,
        text: 'x'.repeat(from < IN_BATCH ? 1_000 : 200),
      }),
    );
    await jobs.collection.insertMany(step as never, { ordered: false });
  }
  await batches.create(buildBatch({ _id: batchId, total: IN_BATCH }));
});
afterAll(() => api.close());

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;
/** What is alive, garbage left out: the same on every machine. */
function measure(): number {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** Reads a reply to its end, and tells its lines, and by how much more was alive at any look in between. */
async function readMeasured(path: string, accept: string) {
  const before = measure();
  const { body, status } = await fetch(api.url + path, {
    headers: { Authorization: `Bearer ${api.adminToken}`, Accept: accept },
  });
  expect(status).toBe(200);
  let bytes = 0;
  let lines = 0;
  let most = 0;
  let nextLook = MIB;
  for await (const chunk of body ?? []) {
    bytes += chunk.length;
    for (const byte of chunk) if (byte === 10) lines += 1;
    if (bytes < nextLook) continue;
    nextLook += 4 * MIB;
    most = Math.max(most, measure() - before);
  }
  return { bytes, lines, most };
}

it('holds a few pages of a file of 30,000 rows, and no more', async () => {
  const { bytes, lines, most } = await readMeasured('/api/classifications', 'text/csv');
  expect(lines).toBe(ROWS + 1);
  expect(bytes).toBeGreaterThan(40 * MIB);
  expect(most).toBeLessThan(MAX_ALIVE_BYTES);
});

it('holds a few of the results of a batch of 10,000, and no more', async () => {
  const { bytes, lines, most } = await readMeasured(`/api/batches/${batchId}/results`, '*/*');
  expect(lines).toBe(IN_BATCH);
  expect(bytes).toBeGreaterThan(15 * MIB);
  expect(most).toBeLessThan(MAX_ALIVE_BYTES);
});

it('holds a few of the results of a batch of large ones, and no more', async () => {
  const { jobs, batches } = api.bed.store;
  const largeId = createId('bat');
  const examples = Array.from({ length: 500 }, (_, index) => String(index).padEnd(17, 'x'));
  const labels = Array.from({ length: 200 }, (_, index) => ({ name: `label ${index}`, examples }));
  for (let index = 0; index < 60; index += 1) {
    const job = buildJob({ _id: toItemId(largeId, index), batchId: largeId, labels });
    await jobs.collection.insertOne(job as never);
  }
  await batches.create(buildBatch({ _id: largeId, total: 60 }));
  const { bytes, lines, most } = await readMeasured(`/api/batches/${largeId}/results`, '*/*');
  expect(lines).toBe(60);
  expect(bytes).toBeGreaterThan(100 * MIB);
  expect(most).toBeLessThan(MAX_ALIVE_BYTES);
  await Promise.all([jobs.deleteMany({ batchId: largeId }), batches.deleteOne({ _id: largeId })]);
});

it('holds one page at the end of the list, whatever comes before it', async () => {
  const before = measure();
  const oldest = await api.bed.store.jobs.find({}, { _id: 1 }).sort({ _id: 1 }).skip(60).limit(1).lean();
  const cursor = Buffer.from(oldest[0]?._id ?? '').toString('base64url');
  const { body } = await api.admin('GET', `/api/classifications?limit=200&cursor=${cursor}`);
  expect(body).toMatchObject({ data: { length: 60 }, nextCursor: null });
  expect(measure() - before).toBeLessThan(MAX_ALIVE_BYTES);
});

it('reads no more than the caller takes, and stops when the caller is gone', async () => {
  const read = vi.spyOn(api.context.store.jobs.collection, 'aggregate');
  const socket = connect(Number(new URL(api.url).port), '127.0.0.1');
  socket.pause();
  await once(socket, 'connect');
  const head = { Host: 'x', Authorization: `Bearer ${api.adminToken}`, Accept: 'text/csv' };
  const lines = Object.entries(head).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(`GET /api/classifications HTTP/1.1\r\n${lines.join('')}\r\n`);

  /** The pages read once nothing more is read. */
  const untilStill = async () => {
    let last = -1;
    let still = 0;
    await eventually(
      () => {
        still = read.mock.calls.length === last && last > 0 ? still + 1 : 0;
        last = read.mock.calls.length;
        return still === 10;
      },
      { everyMs: 50, timeoutMs: 20_000 },
    );
    return last;
  };
  const unread = await untilStill();
  expect(unread).toBeLessThan(PAGES / 2);
  // It goes on as soon as the caller does.
  socket.resume();
  await eventually(() => read.mock.calls.length > unread);
  socket.destroy();
  expect(await untilStill()).toBeLessThan(PAGES);
  read.mockRestore();
});

it('holds a step of an action in bulk over all of them, and no more', async () => {
  const before = measure();
  const total = { matched: 0, changed: 0 };
  let cursor: string | null = null;
  do {
    const { body } = await api.admin('POST', '/api/classifications/bulk', {
      body: { action: 'erase', filter: { state: 'succeeded' }, dryRun: true, ...(cursor ? { cursor } : {}) },
    });
    total.matched += body.matched;
    cursor = body.nextCursor;
  } while (cursor !== null);
  expect(total).toEqual({ matched: ROWS, changed: 0 });
  expect(measure() - before).toBeLessThan(MAX_ALIVE_BYTES);
});
