import { createId } from '@understudy/shared/ids';
import { createCancelListener } from '@understudy/shared/jobs/cancel-hints';
import { toNative } from '@understudy/shared/store/define-model';
import type { JobDocument } from '@understudy/shared/store/jobs/model';
import { buildAttempt, buildAttemptEnd, buildJob } from '@understudy/shared/testing/builders';
import { eventually } from '@understudy/shared/testing/eventually';
import { insertDeliveries, toDelivery } from '@understudy/shared/store/webhooks/insert-deliveries';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Caller } from '../testing/caller.ts';
import { startTestApi, type TestApi } from '../testing/test-api.ts';

let api: TestApi;
let client: Caller;
let stranger: Caller;
beforeAll(async () => {
  api = await startTestApi();
  client = await api.as({ scopes: ['jobs:write'] });
  stranger = await api.as({ scopes: ['jobs:write'], client: 'stranger' });
});
afterAll(() => api.close());

const toPath = (id: string, rest = '') => `/api/classifications/${id}${rest}`;
const cancel = (id: string, as = client) => as('POST', toPath(id, '/cancel'));
const retry = (id: string, as = client) => as('POST', toPath(id, '/retry'));
const erase = (id: string, as = client) => as('DELETE', toPath(id));
const correct = (id: string, labels: unknown, as = client) =>
  as('PUT', toPath(id, '/correction'), { body: { labels } });
const read = (id: string) => api.bed.store.jobs.findById(id).lean<JobDocument>();

async function insert(overrides: Partial<JobDocument> = {}): Promise<string> {
  const job = buildJob(overrides);
  await api.bed.store.jobs.create(job);
  return job._id;
}
const result = { label: 'bug', labels: [{ name: 'bug', confidence: 1 }], rationale: 'It crashes.' };
const FAILED = { state: 'failed', error: { code: 'internal_error', message: 'no' } } as const;
const claim = () => ({ token: createId('evt'), workerId: 'w', leaseUntil: new Date(Date.now() + 5_000) });

describe('cancel', () => {
  it('gives the cancelled job, also the second time, and leaves its end to be told', async () => {
    const id = await insert();
    const reply = await cancel(id);
    expect(reply.status).toBe(200);
    expect(reply.body).toMatchObject({ id, state: 'cancelled', error: { code: 'cancelled' }, result: null });
    expect((await cancel(id)).body).toEqual(reply.body);
    expect((await read(id))?.announce?.eventId).toMatch(/^evt_/);
  });

  it.each(['succeeded', 'failed'] as const)('is refused of a job that %s', async (state) => {
    const id = await insert({ state });
    expect((await cancel(id)).body).toMatchObject({ status: 409, code: 'already_final' });
    expect((await read(id))?.state).toBe(state);
  });

  it('tells the workers, takes the entry out of the queue, and has the end told', async () => {
    const { redis, prefix, logger } = api.bed;
    const hints: string[] = [];
    const onCancelled = async (ids: string[]) => void hints.push(...ids);
    const listener = createCancelListener({ redis, prefix, logger, onCancelled });
    await listener.start();
    const { classify, upkeep } = api.context.producer.queues;
    await eventually(async () => {
      const id = await insert();
      await api.context.producer.addClassifications([{ jobId: id, generation: 1, priority: 5 }]);
      await cancel(id);
      await eventually(async () => expect(await classify.getJob(`${id}.1`)).toBeUndefined());
      await eventually(async () => {
        const told = (await upkeep.getJobs()).filter(({ name }) => name === 'classification.tell-ends');
        expect(told.flatMap(({ data }) => (data as { jobIds: string[] }).jobIds)).toContain(id);
      });
      await eventually(() => hints.includes(id), { timeoutMs: 1_000 });
    });
    await listener.stop();
  });

  it('takes a job from whoever works on it', async () => {
    const id = await insert({ state: 'processing', claim: claim() });
    expect((await cancel(id)).body.state).toBe('cancelled');
    expect((await read(id))?.claim).toBeNull();
  });

  it('wakes whoever waits for the job', async () => {
    const id = await insert();
    const waiting = client('GET', toPath(id), { headers: { Prefer: 'wait=30' } });
    await cancel(id);
    expect((await waiting).body.state).toBe('cancelled');
  });
});

describe('retry', () => {
  it.each(['failed', 'cancelled'] as const)('queues a job again that is %s', async (state) => {
    const id = await insert({ ...FAILED, state, deadlineMs: 60_000, attemptCount: 1 });
    await api.bed.store.attempts.create({ ...buildAttempt({ jobId: id }), ...buildAttemptEnd() });
    const { status, body } = await retry(id);
    expect(status).toBe(200);
    expect(body).toMatchObject({ state: 'queued', error: null, result: null, attempts: [{ number: 1 }] });
    expect(Date.parse(body.deadlineAt)).toBeGreaterThan(Date.now());
    expect(await read(id)).toMatchObject({ generation: 2, waiting: true });
    expect((await retry(id)).body).toMatchObject({ status: 409, code: 'not_retryable' });
  });

  it('is refused of a job that succeeded, is open, or has no text any more', async () => {
    const ids = await Promise.all([
      insert({ state: 'succeeded', announce: { eventId: 'evt_1', at: new Date() } }),
      insert({ state: 'deferred' }),
      insert({ ...FAILED, text: null }),
      insert({ ...FAILED, text: null, erasedAt: new Date() }),
    ]);
    const replies = await Promise.all(ids.map((id) => retry(id)));
    expect(replies.map(({ body }) => body.code)).toEqual(ids.map(() => 'not_retryable'));
    expect(new Set(replies.map(({ body }) => body.detail)).size).toBe(4);
  });

  it('is done where the end so far is told between two looks at the job', async () => {
    const id = await insert({ ...FAILED, announce: { eventId: createId('evt'), at: new Date() } });
    const { collection } = api.context.store.jobs;
    const write = collection.updateMany.bind(collection);
    const look = vi.spyOn(collection, 'updateMany').mockImplementationOnce(async (...args) => {
      const found = await write(...args);
      await api.bed.store.jobs.updateOne({ _id: id }, { $unset: { announce: 1 } });
      return found;
    });
    expect((await retry(id)).body.state).toBe('queued');
    look.mockRestore();
  });

  it('does not wait for ever for somebody to tell the end so far', async () => {
    const id = await insert();
    await cancel(id);
    expect((await retry(id)).body.state).toBe('queued');
    expect((await read(id))?.announce).toBeUndefined();
  });
});

describe('erase', () => {
  it('leaves the accounts and nothing that was said, now and ever after', async () => {
    const headers = { 'Idempotency-Key': createId('evt') };
    const body = { text: 'My card was charged twice', labels: ['billing', 'bug'], explain: true };
    const { body: job } = await client('POST', '/api/classifications', { body, headers });
    const usage = { inputTokens: 7, outputTokens: 3, costNanoUsd: 5, pricing: 'priced' };
    await api.bed.store.jobs.updateOne(
      { _id: job.id },
      { state: 'succeeded', result, usage, attemptCount: 1 },
    );
    const end = buildAttemptEnd({ message: 'charged twice' });
    await api.bed.store.attempts.create({ ...buildAttempt({ jobId: job.id }), ...end });

    const erased = await erase(job.id);
    expect(erased.status).toBe(200);
    expect(erased.body).toMatchObject({
      text: null,
      result: null,
      state: 'succeeded',
      usage: { inputTokens: 7 },
    });
    expect(erased.body.erasedAt).toMatch(/Z$/);
    expect(erased.body.attempts).toMatchObject([{ message: null, costUsd: 0.000001 }]);
    expect((await erase(job.id)).body).toEqual(erased.body);
    const list = await client('GET', `/api/classifications?include=text,attempts&limit=50`);
    const replay = await client('POST', '/api/classifications', { body, headers });
    expect(replay.body).toEqual(erased.body);
    expect(
      JSON.stringify([erased.body, list.body.data.find(({ id }: { id: string }) => id === job.id)]),
    ).not.toMatch(/charged|It crashes/);
  });

  it('takes the words out of what webhooks were told or are to be told of it', async () => {
    const id = await insert({ state: 'succeeded' });
    const now = new Date();
    const told = { target: 'whk_1', webhookId: 'whk_1', client: 'default', url: null, once: false };
    const type = 'classification.succeeded' as const;
    const delivery = { ...told, eventId: createId('evt'), type, jobId: id, body: '{"label":"bug"}' };
    await insertDeliveries(api.bed.store, [toDelivery(delivery, now)]);
    await erase(id, api.admin);
    expect(await api.bed.store.deliveries.findOne({ jobId: id }).lean()).toMatchObject({
      state: 'failed',
      body: null,
    });
  });

  it('cancels a job that is open', async () => {
    const id = await insert({ state: 'processing', claim: claim() });
    expect((await erase(id)).body).toMatchObject({ state: 'cancelled', text: null });
    expect((await retry(id)).body.code).toBe('not_retryable');
  });
});

describe('correction', () => {
  it('is kept with who made it and when, replaced, and taken back', async () => {
    const id = await insert({ state: 'succeeded', result });
    const { status, body } = await correct(id, ['billing']);
    expect(status).toBe(200);
    expect(body).toMatchObject({ result, correction: { labels: ['billing'], by: 'test jobs:write' } });
    const patched = await client('PATCH', toPath(id, '/correction'), { body: { labels: ['bug'] } });
    expect(patched.body.correction.labels).toEqual(['bug']);
    const unchanged = await client('PATCH', toPath(id, '/correction'), { body: {} });
    expect(unchanged.body.correction.labels).toEqual(['bug']);
    expect((await client('DELETE', toPath(id, '/correction'))).body.correction).toBeNull();
    const nothing = await client('PATCH', toPath(id, '/correction'), { body: {} });
    expect(nothing.body.errors).toMatchObject([{ pointer: '/labels', code: 'required' }]);
  });

  it.each([
    [['nonsense'], ['/labels/0']],
    [['$ne'], ['/labels/0']],
    [['billing', 'bug'], ['/labels']],
    [[], ['/labels']],
    [['bug', 'bug'], ['/labels']],
    [[5], ['/labels/0']],
    ['bug', ['/labels']],
    [undefined, ['/labels']],
  ])('refuses %j for a job with one label', async (labels, pointers) => {
    const reply = await correct(await insert({ state: 'succeeded' }), labels);
    expect(reply).toMatchObject({ status: 422, body: { code: 'validation_failed' } });
    expect(reply.body.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual(pointers);
  });

  it('takes any number of labels for a job with several, also none', async () => {
    const id = await insert({ multiLabel: true });
    expect((await correct(id, ['billing', 'bug'])).body.correction.labels).toEqual(['billing', 'bug']);
    expect((await correct(id, [])).body.correction.labels).toEqual([]);
  });

  it('knows the labels of the classifier version that the job was accepted with', async () => {
    await api.admin('POST', '/api/classifiers', { body: { name: 'kept', labels: ['old', 'older'] } });
    const body = { text: 'x', classifier: 'kept' };
    const { body: job } = await client('POST', '/api/classifications', { body });
    await api.admin('PUT', '/api/classifiers/kept', { body: { labels: ['new', 'newer'] } });
    expect((await correct(job.id, ['old'])).status).toBe(200);
    expect((await correct(job.id, ['new'])).status).toBe(422);
  });

  it('is refused of an erased job, whose correction can be taken back all the same', async () => {
    const id = await insert({ state: 'succeeded', result });
    await erase(id);
    expect((await correct(id, ['bug'])).body.errors).toMatchObject([{ code: 'erased' }]);
    expect((await client('DELETE', toPath(id, '/correction'))).status).toBe(200);
  });
});

it('hides jobs of other clients from every action', async () => {
  const id = await insert();
  const replies = await Promise.all([
    cancel(id, stranger),
    retry(id, stranger),
    erase(id, stranger),
    correct(id, ['bug'], stranger),
    stranger('DELETE', toPath(id, '/correction')),
    stranger('PATCH', toPath(id, '/correction'), { body: {} }),
    cancel('job_nobody'),
    retry('$ne'),
    erase('%00'),
  ]);
  expect(replies.map(({ status }) => status)).toEqual(replies.map(() => 404));
  expect(await read(id)).toMatchObject({ state: 'queued', text: expect.any(String), correction: null });
});

it('needs the scope jobs:write', async () => {
  const reader = await api.as({ scopes: ['jobs:read'] });
  const id = await insert();
  for (const act of [cancel, retry, erase]) expect((await act(id, reader)).status).toBe(403);
});

it.each([
  ['job.cancelled', cancel, { state: 'queued' }],
  ['job.retried', retry, FAILED],
] as const)('does nothing that it cannot have on record (%s)', async (action, act, of) => {
  const id = await insert(of);
  const findRow = () => api.bed.store.audit.findOne({ action, 'target.id': id }).lean();
  vi.spyOn(api.context.store.audit, 'create').mockRejectedValueOnce(new Error('no'));
  expect((await act(id, api.admin)).status).toBe(500);
  expect([(await read(id))?.state, await findRow()]).toEqual([of.state, null]);
  expect((await act(id, api.admin)).status).toBe(200);
  expect(await findRow()).toMatchObject({ before: { state: of.state } });
});

it('notes no correction that it cannot have on record, and what was there before each', async () => {
  const id = await insert({ state: 'succeeded', result });
  const readRows = () => api.bed.store.audit.find({ 'target.id': id }).sort({ _id: 1 }).lean();
  vi.spyOn(api.context.store.audit, 'create').mockRejectedValueOnce(new Error('no'));
  expect((await correct(id, ['bug'], api.admin)).status).toBe(500);
  expect([(await read(id))?.correction, await readRows()]).toEqual([null, []]);
  const labels = ['billing', 'bug'];
  await Promise.all(labels.map((label) => correct(id, [label], api.admin)));
  const [first, second] = await readRows();
  expect([first?.before, second?.before]).toEqual([null, first?.after]);
  expect([first?.after, second?.after].flat().toSorted()).toEqual(labels);
});

it('has an erasure on record before it is begun', async () => {
  const id = await insert(FAILED);
  const broken = vi
    .spyOn(toNative(api.context.store.jobs), 'updateMany')
    .mockRejectedValueOnce(new Error('no'));
  expect((await erase(id, api.admin)).status).toBe(500);
  broken.mockRestore();
  expect(await api.bed.store.audit.countDocuments({ action: 'job.erased', 'target.id': id })).toBe(1);
});

it('has the actions of operators on record, without a text, and not those of upstream systems', async () => {
  await api.bed.store.audit.deleteMany({});
  const id = await insert({ client: 'stranger' });
  await cancel(id, stranger);
  expect(await api.bed.store.audit.countDocuments()).toBe(0);
  await cancel(id, api.admin);
  await retry(id, api.admin);
  await correct(id, ['bug'], api.admin);
  await cancel(id, api.admin);
  await erase(id, api.admin);
  await erase(id, api.admin);
  const rows = await api.bed.store.audit.find().sort({ _id: 1 }).lean();
  expect(rows.map(({ action }) => action)).toEqual([
    'job.retried',
    'job.corrected',
    'job.cancelled',
    'job.erased',
  ]);
  expect(rows[0]).toMatchObject({ target: { kind: 'job', id }, before: { state: 'cancelled' } });
  expect(JSON.stringify(rows)).not.toContain('charged');
});
