import { createId } from '@understudy/shared/ids';
import { eventually } from '@understudy/shared/testing/eventually';
import { buildAttempt, buildAttemptEnd, buildJob } from '@understudy/shared/testing/builders';
import { noteHolds } from '@understudy/shared/store/lane-holds/note-holds';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Caller } from '../testing/caller.ts';
import { startTestApi, type TestApi } from '../testing/test-api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());

const PATH = '/api/classifications';
const JOB = { text: 'My card was charged twice', labels: ['billing', 'bug'] };
const submit = (body: object, headers: Record<string, string> = {}, as: Caller = api.admin) =>
  as('POST', PATH, { body, headers });
const grantTicket = ({ context }: TestApi) =>
  context.window.grant({ epoch: 'epoch', all: 1, any: 1, named: new Map(), waitingClients: [] });

describe('accepting', () => {
  it('puts the job into the ledger and then, with a ticket, into the queue, without its text', async () => {
    await grantTicket(api);
    const text = `secret ${createId('evt')}`;
    const { status, body, headers } = await submit({ ...JOB, text, priority: 2, metadata: { ticket: '42' } });
    expect(status).toBe(202);
    expect(headers.get('Location')).toBe(`${PATH}/${body.id}`);
    expect(body).toMatchObject({ state: 'queued', text, labels: JOB.labels, priority: 2, attempts: [] });
    expect(Date.parse(body.deadlineAt) - Date.parse(body.createdAt)).toBe(86_400_000);

    const entry = await api.context.producer.queues.classify.getJob(`${body.id}.1`);
    expect(entry?.data).toEqual({ jobId: body.id, generation: 1 });
    expect(entry?.opts.priority).toBe(3);
    const stored = await api.bed.store.jobs.findById(body.id).lean();
    expect(stored).toMatchObject({ waiting: false, enqueuedEpoch: 'epoch', webhookUrl: null });
    for (const key of await api.bed.redis.keys(`${api.bed.prefix}:*`)) {
      const dump = await api.bed.redis.dumpBuffer(key);
      // One that expired meanwhile holds nothing.
      expect(dump?.includes(text) ?? false).toBe(false);
    }
  });

  it('replies without waiting for the queue, whose answer is waited for before a store is closed', async () => {
    const stopping = await startTestApi();
    const { bed, context } = stopping;
    await grantTicket(stopping);
    const added = Promise.withResolvers<void>();
    vi.spyOn(context.producer, 'addClassification').mockReturnValueOnce(added.promise);
    const { status, body } = await submit(JOB, {}, stopping.admin);
    expect(status).toBe(202);
    const isWaiting = async () => (await bed.store.jobs.findById(body.id).lean())?.waiting;
    expect(await isWaiting()).toBe(false);

    let wasReturned: boolean | undefined;
    vi.spyOn(context.producer, 'close').mockImplementationOnce(async () => {
      wasReturned = await isWaiting();
    });
    const closed = stopping.close();
    // All else has stopped by then.
    await eventually(async () => (await bed.store.keyHolders.countDocuments()) === 0);
    added.reject(new Error('Redis is away'));
    await closed;
    expect(wasReturned).toBe(true);
  });

  it('leaves a job in the ledger that finds no ticket, also where nobody can say what holds its lane', async () => {
    vi.spyOn(api.context.store.laneHolds, 'findOne').mockImplementationOnce(() => {
      throw new Error('The ledger is away');
    });
    const { status, body } = await submit({ ...JOB, priority: 7 });
    expect(status).toBe(202);
    expect(await api.bed.store.jobs.findById(body.id).lean()).toMatchObject({
      state: 'queued',
      waiting: true,
      enqueuedEpoch: null,
    });
    expect(await api.context.producer.queues.classify.getJob(`${body.id}.1`)).toBeUndefined();
  });

  const text = 'x';
  it.each([
    [{}, ['/text']],
    [{ text }, ['/labels']],
    [{ text: '', labels: ['a', 'b'] }, ['/text']],
    [{ text: 'a\u0000b', labels: ['a', 'b'] }, ['/text']],
    [{ text: '\ud800', labels: ['a', 'b'] }, ['/text']],
    [{ text, labels: ['a'] }, ['/labels']],
    [{ text, labels: ['a', { name: 'a' }] }, ['/labels/1/name']],
    [{ text, labels: ['a', { name: '' }] }, ['/labels/1/name']],
    [{ text, labels: ['a', { nome: 'b' }] }, ['/labels/1/name', '/labels/1/nome']],
    [{ text, labels: ['a', 5] }, ['/labels/1']],
    [{ text, labels: ['a', 'b'], classifier: 'c' }, ['/classifier']],
    [{ text, labels: ['a', 'b'], threshold: 0.5 }, ['/threshold']],
    [{ text, classifier: 'c', multiLabel: true }, ['/multiLabel']],
    [{ text, labels: ['a', 'b'], priority: 10 }, ['/priority']],
    [{ text, labels: ['a', 'b'], deadlineMs: 999 }, ['/deadlineMs']],
    [{ text, labels: ['a', 'b'], metadata: { 'a b': 'c' } }, ['/metadata/a b']],
    [{ text, labels: ['a', 'b'], metadata: { 'a/b~': 'c' } }, ['/metadata/a~1b~0']],
    [{ text, labels: ['a', 'b'], metadata: { a: 1 } }, ['/metadata/a']],
    [{ text, labels: ['a', 'b'], providers: [] }, ['/providers']],
    [{ text, labels: ['a', 'b'], webhookUrl: 'http://169.254.169.254/' }, ['/webhookUrl']],
    [{ text, labels: ['a', 'b'], webhookUrl: 'ftp://example.com/' }, ['/webhookUrl']],
    [{ text, labels: ['a', 'b'], nonsense: 1 }, ['/nonsense']],
    [[], ['']],
  ])('refuses %j, naming each fault', async (body, pointers) => {
    const reply = await submit(body);
    expect(reply.status).toBe(422);
    expect(reply.body.code).toBe('validation_failed');
    expect(reply.body.errors.map((fault: { pointer: string }) => fault.pointer)).toEqual(pointers);
  });

  it('takes 200,000 characters and no more', async () => {
    expect((await submit({ ...JOB, text: 'x'.repeat(200_000) })).status).toBe(202);
    expect((await submit({ ...JOB, text: 'x'.repeat(200_001) })).body.errors[0].pointer).toBe('/text');
  });

  it('refuses a classifier or provider that is not there', async () => {
    expect((await submit({ text, classifier: 'nobody' })).body).toMatchObject({
      code: 'unknown_classifier',
      errors: [{ pointer: '/classifier' }],
    });
    expect((await submit({ ...JOB, providers: ['local', 'nobody'] })).body).toMatchObject({
      status: 422,
      code: 'unknown_provider',
      errors: [{ pointer: '/providers/1' }],
    });
  });

  it('takes a provider by its name in any case and shows it as it is written', async () => {
    expect((await submit({ ...JOB, providers: ['LOCAL'] })).body.providers).toEqual(['local']);
  });

  it('keeps the classifier version that a job was accepted with', async () => {
    const labels = ['one', { name: 'two', examples: ['2'] }];
    await api.admin('POST', '/api/classifiers', {
      body: { name: 'kept', labels, multiLabel: true, threshold: 0.3 },
    });
    const first = await submit({ text, classifier: 'kept' });
    expect(first.body).toMatchObject({
      classifier: { name: 'kept', version: 1 },
      labels: ['one', 'two'],
      multiLabel: true,
      threshold: 0.3,
    });
    await api.admin('PUT', '/api/classifiers/kept', { body: { labels: ['three', 'four'] } });
    expect((await submit({ text, classifier: 'kept' })).body).toMatchObject({
      classifier: { version: 2 },
      labels: ['three', 'four'],
      multiLabel: false,
    });
    expect((await submit({ text, classifier: { name: 'kept', version: 1 } })).body.labels).toEqual([
      'one',
      'two',
    ]);
    expect((await submit({ text, classifier: { name: 'kept', version: 3 } })).body.code).toBe(
      'unknown_classifier',
    );
    expect((await api.admin('GET', `${PATH}/${first.body.id}`)).body.labels).toEqual(['one', 'two']);
  });

  it('sees a classifier that another process has just made', async () => {
    const _id = createId('clf');
    const now = new Date();
    const common = { name: 'fresh', version: 1, createdAt: now };
    await api.bed.store.classifierVersions.create({
      _id: `${_id}@1`,
      classifierId: _id,
      labels: ['a', 'b'],
      multiLabel: false,
      ...common,
    });
    await api.bed.store.classifiers.create({ _id, updatedAt: now, ...common });
    await api.bed.store.versions.updateOne({ _id: 'versions' }, { $inc: { classifiers: 1 } });
    expect((await submit({ text, classifier: 'fresh' })).status).toBe(202);
  });
});

describe('reading', () => {
  it('shows of a job in line what holds its line, and until when', async () => {
    const { body: job } = await submit({ ...JOB, priority: 8 });
    expect(job.deferred).toBeNull();
    const read = async () => (await api.admin('GET', `${PATH}/${job.id}`)).body;
    const lane = { priority: 8, client: 'default', route: 'any-or-local' };
    const nextTryAt = new Date(Date.now() + 40_000);
    await noteHolds(
      api.bed.store,
      [{ ...lane, reason: 'rate_limited', byLimit: true, nextTryAt }],
      new Date(),
    );
    const held = await eventually(async () => {
      const { deferred, state } = await read();
      return deferred ? { deferred, state } : false;
    });
    expect(held).toEqual({
      state: 'queued',
      deferred: { reason: 'rate_limited', nextTryAt: nextTryAt.toISOString() },
    });
    const longAgo = new Date(Date.now() - 60_000);
    await api.bed.store.laneHolds.updateMany({}, { until: longAgo });
    await eventually(async () => (await read()).deferred === null);
  });

  it('shows a job with its attempts, in dollars', async () => {
    const provider = { id: 'prv_1', name: 'main', type: 'openai', model: 'm' } as const;
    const job = buildJob({
      state: 'succeeded',
      attemptCount: 2,
      provider,
      usage: { inputTokens: 7, outputTokens: 3, costNanoUsd: 123_456, pricing: 'priced' },
      passedOver: [{ provider, reason: 'cooldown', until: new Date(0) }],
    });
    await api.bed.store.jobs.create(job);
    await api.bed.store.attempts.create([
      {
        ...buildAttempt({ jobId: job._id, number: 2 }),
        ...buildAttemptEnd({ costNanoUsd: null, pricing: 'unpriced' }),
      },
      buildAttempt({ jobId: job._id, number: 1 }),
    ]);
    const { body } = await api.admin('GET', `${PATH}/${job._id}`);
    expect(body).toMatchObject({
      usage: { costUsd: 0.000123456, pricing: 'priced' },
      passedOver: [{ reason: 'cooldown', until: '1970-01-01T00:00:00.000Z' }],
      attempts: [
        { number: 1, outcome: 'pending', costUsd: null, pricing: null },
        { number: 2, outcome: 'succeeded', costUsd: null, pricing: 'unpriced' },
      ],
    });
  });

  it('shows a client its own jobs only', async () => {
    const other = await api.as({ scopes: ['jobs:write'], client: 'stranger' });
    const { body: mine } = await submit(JOB);
    expect((await other('GET', `${PATH}/${mine.id}`)).body.code).toBe('job_not_found');
    expect((await other('GET', PATH)).body.data).toEqual([]);
    const { body: theirs } = await submit(JOB, {}, other);
    expect((await other('GET', PATH)).body.data).toMatchObject([{ id: theirs.id, client: 'stranger' }]);
    expect((await other('GET', `${PATH}?client=default`)).body.code).toBe('forbidden');
    expect((await api.admin('GET', `${PATH}/${theirs.id}`)).status).toBe(200);
    expect((await api.admin('GET', `${PATH}?client=stranger`)).body.data).toHaveLength(1);
  });

  it.each(['nonsense', 'job_01', '%00', 'a%2Fb', '%ZZ', '$ne', '-'.repeat(200)])(
    'has no job %s',
    async (id) => {
      expect((await api.admin('GET', `${PATH}/${id}`)).status).toBe(404);
    },
  );
});
