import { createId } from '@understudy/shared/ids';
import { toItemId } from '@understudy/shared/store/batches/item-id';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { startTestApi, type TestApi } from '../testing/test-api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());
beforeEach(async () => {
  vi.restoreAllMocks();
  const { jobs, batches, stagedJobs } = api.bed.store;
  await Promise.all([jobs.deleteMany({}), batches.deleteMany({}), stagedJobs.deleteMany({})]);
});

const PATH = '/api/classifications/batch';
const toBody = (count: number) => ({
  defaults: { labels: ['billing', 'bug'] },
  items: Array.from({ length: count }, (_, index) => ({ text: `text ${index}`, customId: `c${index}` })),
});
const submit = (body: unknown, headers: Record<string, string> = {}, as = api.admin) =>
  as('POST', PATH, { body, headers });
const newKey = () => ({ 'Idempotency-Key': createId('evt') });
const finish = (id: string) =>
  api.bed.store.jobs.updateOne({ _id: id }, { state: 'succeeded', finishedAt: new Date() });
const countAll = async () => {
  const { jobs, batches, stagedJobs } = api.bed.store;
  return [
    await jobs.countDocuments({}),
    await batches.countDocuments({}),
    await stagedJobs.countDocuments({}),
  ];
};

it('runs again, and is not finished, when one of its jobs is retried', async () => {
  const { body } = await submit(toBody(2));
  const [first, second] = body.jobs as { id: string }[];
  const finishedAt = new Date();
  await api.bed.store.jobs.updateMany({}, { state: 'failed', finishedAt, waiting: false });
  await api.bed.store.batches.updateMany({}, { state: 'finished', finishedAt });
  expect((await api.admin('POST', `/api/classifications/${first?.id}/retry`)).status).toBe(200);
  expect(await api.bed.store.batches.findById(body.id).lean()).toMatchObject({
    state: 'running',
    finishedAt: null,
  });
  await api.bed.store.batches.updateMany({}, { state: 'finished', finishedAt });
  const filter = { batchId: body.id };
  await api.admin('POST', '/api/classifications/bulk', { body: { action: 'retry', filter } });
  expect((await api.bed.store.jobs.findById(second?.id).lean())?.state).toBe('queued');
  expect((await api.bed.store.batches.findById(body.id).lean())?.state).toBe('running');
});

describe('Idempotency-Key of a batch', () => {
  it('gives the same reply for the same body, however it was written', async () => {
    const headers = newKey();
    const body = { ...toBody(3), items: [...toBody(3).items, { text: '' }] };
    const first = await submit(body, headers);
    const { defaults, items } = body;
    const spelt = items.map(({ text, ...rest }) =>
      JSON.stringify({ ...(text ? { priority: 5 } : {}), ...rest, text, ...defaults }),
    );
    const again = await submit(body, headers);
    const asLines = await api.admin('POST', PATH, {
      raw: spelt.join('\n'),
      headers: { ...headers, 'Content-Type': 'application/x-ndjson' },
    });
    expect(first.headers.get('Idempotent-Replayed')).toBeNull();
    for (const reply of [again, asLines]) {
      expect(reply.status).toBe(202);
      expect(reply.headers.get('Idempotent-Replayed')).toBe('true');
    }
    expect(again.body).toEqual(first.body);
    expect(asLines.body).toEqual(first.body);
    expect(await countAll()).toEqual([3, 1, 0]);
  });

  it.each([
    ['another item', { ...toBody(2), items: toBody(3).items }],
    ['another order', { ...toBody(2), items: toBody(2).items.toReversed() }],
    ['other defaults', { ...toBody(2), defaults: { labels: ['a', 'b'] } }],
    ['atomic', { ...toBody(2), atomic: true }],
  ])('refuses %s under a used key', async (_, other) => {
    const headers = newKey();
    await submit(toBody(2), headers);
    const reply = await submit(other, headers);
    expect(reply).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } });
    expect(await countAll()).toEqual([2, 1, 0]);
  });

  it('is one for single jobs and batches', async () => {
    const [forBatch, forJob] = [newKey(), newKey()];
    const job = { text: 'x', labels: ['a', 'b'] };
    await submit(toBody(1), forBatch);
    await api.admin('POST', '/api/classifications', { body: job, headers: forJob });
    const replies = [
      await api.admin('POST', '/api/classifications', { body: job, headers: forBatch }),
      await submit(toBody(1), forJob),
    ];
    for (const reply of replies)
      expect(reply).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } });
  });

  it('makes one batch of 8 twins at once', async () => {
    const headers = newKey();
    const replies = await Promise.all(Array.from({ length: 8 }, () => submit(toBody(300), headers)));
    expect(replies.map(({ status }) => status)).toEqual(replies.map(() => 202));
    const first = replies.find((reply) => reply.headers.get('Idempotent-Replayed') === null);
    for (const reply of replies) expect(reply.body).toEqual(first?.body);
    expect(await countAll()).toEqual([300, 1, 0]);
  });

  it('lets one of two different bodies at once win, whole', async () => {
    const headers = newKey();
    const other = { ...toBody(200), defaults: { labels: ['a', 'b'] } };
    const replies = await Promise.all([submit(toBody(200), headers), submit(other, headers)]);
    expect(replies.map(({ status }) => status).toSorted()).toEqual([202, 422]);
    const labels = (await api.bed.store.jobs.find().lean()).map((job) => String(job.labels));
    expect([labels.length, new Set(labels).size]).toEqual([200, 1]);
  });

  it('may be used again where nothing was accepted', async () => {
    const headers = newKey();
    expect((await submit({ items: [{ text: 'x' }] }, headers)).status).toBe(422);
    expect((await submit(toBody(1), headers)).status).toBe(202);
  });

  it('belongs to its client', async () => {
    const headers = newKey();
    const other = await api.as({ scopes: ['jobs:write'], client: 'other' });
    const [mine, theirs] = [await submit(toBody(1), headers), await submit(toBody(2), headers, other)];
    expect(theirs.status).toBe(202);
    expect(theirs.body.id).not.toBe(mine.body.id);
  });
});

describe('a process that dies', () => {
  type Method = 'insertMany' | 'updateOne' | 'deleteOne' | 'deleteMany' | 'aggregate';

  /** Nothing more is written of batches by the API from this call on, as when it is killed there. */
  function dieAt(model: 'batches' | 'stagedJobs', method: Method, allowed: number) {
    let calls = 0;
    let dead = false;
    for (const name of ['batches', 'stagedJobs'] as const) {
      const collection = api.context.store[name].collection as unknown as Record<Method, () => unknown>;
      for (const key of ['insertMany', 'updateOne', 'deleteOne', 'deleteMany', 'aggregate'] as const) {
        const original = collection[key].bind(collection);
        vi.spyOn(collection, key).mockImplementation((...args) => {
          if (name === model && key === method) calls += 1;
          dead ||= calls > allowed;
          return dead ? Promise.reject(new Error('killed')) : original(...args);
        });
      }
    }
  }

  it.each([
    ['before anything', 'batches', 'updateOne', 0],
    ['while items arrive', 'stagedJobs', 'insertMany', 1],
    ['before it is accepted', 'batches', 'updateOne', 1],
  ] as const)(
    '%s has accepted nothing, and a resend of the key makes it whole',
    async (_, model, method, allowed) => {
      const headers = newKey();
      dieAt(model, method, allowed);
      expect((await submit(toBody(1_500), headers)).status).toBe(500);
      vi.restoreAllMocks();
      expect(await api.bed.store.jobs.countDocuments({})).toBe(0);
      const again = await submit(toBody(1_500), headers);
      expect(again.body).toMatchObject({ accepted: 1_500 });
      expect(await api.bed.store.jobs.countDocuments({})).toBe(1_500);
    },
  );

  it.each([
    ['as soon as it is accepted', 'aggregate', 0],
    ['while its items are released', 'aggregate', 2],
  ] as const)('%s leaves a batch that a read, a resend or upkeep finishes', async (_, method, allowed) => {
    const headers = newKey();
    dieAt('stagedJobs', method, allowed);
    const first = await submit(toBody(1_000), headers);
    expect(first.body).toMatchObject({ accepted: 1_000 });
    vi.restoreAllMocks();
    const { id } = first.body;
    expect(await api.bed.store.batches.findById(id).lean()).toMatchObject({ state: 'accepted' });
    expect((await api.admin('GET', `/api/batches/${id}`)).body).toMatchObject({
      counts: { queued: 1_000 },
      progress: 0,
    });
    const again = await submit(toBody(1_000), headers);
    expect(again.body).toEqual(first.body);
    expect(await countAll()).toEqual([1_000, 1, 0]);
  });
});

describe('a batch', () => {
  it('tells how far it is, and its results in order of input, final or not', async () => {
    const { body } = await submit({ ...toBody(120), items: [{ text: '' }, ...toBody(120).items] });
    await finish(body.jobs[1].id);
    expect((await api.admin('GET', `/api/batches/${body.id}`)).body).toMatchObject({
      id: body.id,
      client: 'default',
      finishedAt: null,
      total: 120,
      counts: { queued: 119, processing: 0, deferred: 0, succeeded: 1, failed: 0, cancelled: 0 },
      progress: 1 / 120,
    });
    const results = await api.admin('GET', `/api/batches/${body.id}/results`);
    expect(results.headers.get('Content-Type')).toBe('application/x-ndjson');
    expect(results.body).toHaveLength(120);
    expect(results.body).toEqual(
      body.jobs.map(({ index, customId, id }: { index: number; customId: string; id: string }) => ({
        index,
        customId,
        job: expect.objectContaining({ id, text: `text ${index - 1}`, labels: ['billing', 'bug'] }),
      })),
    );
    expect(results.body[1].job.state).toBe('succeeded');
    for (const { id } of body.jobs) await finish(id);
    const done = (await api.admin('GET', `/api/batches/${body.id}`)).body;
    expect(done).toMatchObject({ progress: 1, finishedAt: expect.any(String) });
  });

  it('shows its jobs with the classifier’s labels in its results', async () => {
    await api.admin('POST', '/api/classifiers', { body: { name: 'c', labels: ['x', 'y'] } });
    const { body } = await submit({ defaults: { classifier: 'c' }, items: [{ text: 'a' }] });
    const results = await api.admin('GET', `/api/batches/${body.id}/results`);
    expect(results.body).toMatchObject([{ job: { labels: ['x', 'y'], classifier: { name: 'c' } } }]);
  });

  it('is cancelled whole, but for what is final; again it is given unchanged', async () => {
    const { body } = await submit(toBody(1_200));
    await finish(body.jobs[0].id);
    const cancelled = await api.admin('POST', `/api/batches/${body.id}/cancel`);
    expect(cancelled).toMatchObject({
      status: 200,
      body: {
        counts: { queued: 0, succeeded: 1, cancelled: 1_199 },
        progress: 1,
        finishedAt: expect.any(String),
      },
    });
    expect(await api.bed.store.jobs.countDocuments({ 'announce.eventId': { $exists: true } })).toBe(1_199);
    expect((await api.admin('POST', `/api/batches/${body.id}/cancel`)).body).toEqual(cancelled.body);
  });

  it('is cancelled whole though its items were not released yet', async () => {
    const sent = await submit(toBody(2));
    const { id } = sent.body;
    await api.bed.store.jobs.deleteMany({});
    await api.bed.store.batches.updateOne({ _id: id }, { state: 'accepted', uploadId: 'u' });
    const jobs = (await submit(toBody(1))).body.jobs as { id: string }[];
    const job = await api.bed.store.jobs.findById(jobs[0]?.id).lean();
    await api.bed.store.stagedJobs.create(
      [0, 1].map((index) => ({
        _id: `${id}.u.0000${index}`,
        job: { ...job, _id: toItemId(id, index), batchId: id },
      })) as never,
    );
    const cancelled = await api.admin('POST', `/api/batches/${id}/cancel`);
    expect(cancelled.body).toMatchObject({ counts: { cancelled: 2 }, progress: 1 });
  });

  it('is seen within its client only', async () => {
    const other = await api.as({ scopes: ['jobs:write'], client: 'other' });
    const mine = await api.as({ scopes: ['jobs:read'] });
    const { body } = await submit(toBody(1));
    const theirs = (await submit(toBody(1), {}, other)).body;
    for (const [method, path] of [
      ['GET', ''],
      ['GET', '/results'],
      ['POST', '/cancel'],
    ] as const) {
      const reply = await other(method, `/api/batches/${body.id}${path}`);
      expect(reply).toMatchObject({ status: 404, body: { code: 'not_found' } });
    }
    const ids = async (as: typeof other) =>
      ((await as('GET', '/api/batches')).body.data as { id: string }[]).map(({ id }) => id);
    expect(await ids(other)).toEqual([theirs.id]);
    expect(await ids(mine)).toEqual([body.id]);
    expect(await ids(api.admin as typeof other)).toEqual([theirs.id, body.id]);
    expect((await mine('POST', `/api/batches/${body.id}/cancel`)).status).toBe(403);
  });

  it('is listed in pages, newest first', async () => {
    const made: string[] = [];
    for (let count = 1; count <= 3; count += 1) made.push((await submit(toBody(count))).body.id);
    const first = await api.admin('GET', '/api/batches?limit=2');
    expect(first.body.data).toMatchObject([
      { id: made[2], total: 3, counts: { queued: 3 } },
      { id: made[1] },
    ]);
    const second = await api.admin('GET', `/api/batches?limit=2&cursor=${first.body.nextCursor}`);
    expect(second.body).toMatchObject({ data: [{ id: made[0] }], nextCursor: null });
    const wrong = await api.admin('GET', `/api/batches?cursor=${Buffer.from('job_1').toString('base64url')}`);
    expect(wrong).toMatchObject({ status: 400, body: { code: 'invalid_cursor' } });
  });

  it('is taken back where its submitter was told that it was not confirmed', async () => {
    const { collection } = api.context.store.batches;
    const original = collection.updateOne.bind(collection);
    vi.spyOn(collection, 'updateOne').mockImplementation((async (...args: Parameters<typeof original>) => {
      const result = await original(...args);
      // The acceptance lands, but the caller waits for its confirmation in vain.
      if ('$set' in args[1] && 'total' in (args[1]['$set'] ?? {})) await new Promise(() => {});
      return result;
    }) as never);
    const reply = await submit(toBody(2));
    expect(reply).toMatchObject({ status: 503, body: { code: 'store_unavailable' } });
    vi.restoreAllMocks();
    await api.context.unconfirmed.runOnce();
    const jobs = await api.bed.store.jobs.find().lean();
    expect(jobs.map(({ state }) => state)).toEqual(['cancelled', 'cancelled']);
  });
});
