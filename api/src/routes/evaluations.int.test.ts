import { createClient, type Client } from '@understudy/shared/client/client';
import { ProblemError } from '@understudy/shared/client/problem-error';
import { evaluationInput } from '@understudy/shared/contracts/evaluation';
import { createId } from '@understudy/shared/ids';
import { toItemId } from '@understudy/shared/store/batches/item-id';
import { summariseEvaluations } from '@understudy/shared/store/evaluations/summarise-evaluations';
import type { JobDocument } from '@understudy/shared/store/jobs/model';
import { buildAttempt, buildAttemptEnd } from '@understudy/shared/testing/builders';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { ANONYMOUS } from '../http/viewer.ts';
import { startEvaluation } from '../services/evaluations/start.ts';
import { startTestApi, type TestApi } from '../testing/test-api.ts';

let api: TestApi;
let client: Client;
beforeAll(async () => {
  api = await startTestApi();
  client = createClient({ baseUrl: api.url, token: api.adminToken });
  for (const name of ['main', 'spare', 'off']) {
    const configuration = { model: `model of ${name}` };
    await api.admin('POST', '/api/providers', {
      body: { name, type: 'openai', apiKey: 'sk-0123456789', enabled: name !== 'off', configuration },
    });
  }
  await client.classifiers.create({ name: 'support', labels: ['billing', 'bug'] });
  await client.classifiers.create({ name: 'tags', labels: ['a', 'b'], multiLabel: true });
});
afterAll(() => api.close());
beforeEach(async () => {
  vi.restoreAllMocks();
  const { jobs, attempts, batches, stagedJobs } = api.bed.store;
  await Promise.all(
    [jobs, attempts, batches, stagedJobs].map((model) => (model as typeof jobs).deleteMany({})),
  );
});

const SAMPLES = [
  { text: 'charged twice', label: 'billing' },
  { text: 'it crashed', label: 'bug' },
];
const PATH = '/api/classifiers/support/evaluate';
const start = (body: unknown, headers: Record<string, string> = {}, as = api.admin) =>
  as('POST', PATH, { body, headers });
const readJobs = (id: string) => api.bed.store.jobs.find({ batchId: id }).sort({ _id: 1 }).lean();

/** Ends jobs of an evaluation as a worker would: by their place, with an answer, or null for a failure. */
async function end(id: string, answers: Record<number, string[] | null>) {
  const { jobs, attempts } = api.bed.store;
  for (const [place, labels] of Object.entries(answers)) {
    const jobId = toItemId(id, Number(place));
    const usage = { inputTokens: 10, outputTokens: 1, costNanoUsd: 2_000, pricing: 'priced' as const };
    const result = labels && {
      label: labels[0] ?? null,
      labels: labels.map((name) => ({ name, confidence: 0.9 })),
      rationale: null,
    };
    const last = { waiting: false, finishedAt: new Date(), usage, attemptCount: 1 };
    const ended: Partial<JobDocument> = result
      ? { ...last, state: 'succeeded', result }
      : { ...last, state: 'failed', error: { code: 'content_filtered', message: 'no' } };
    await jobs.updateOne({ _id: jobId }, ended);
    const durationMs = 100 + Number(place);
    const outcome = labels ? 'succeeded' : 'failed';
    const number = 1 + (await attempts.countDocuments({ jobId }));
    await attempts.create({
      ...buildAttempt({ jobId, number }),
      ...buildAttemptEnd({ durationMs, outcome }),
    });
  }
}
async function finish(id: string) {
  await api.bed.store.batches.updateOne({ _id: id }, { state: 'finished', finishedAt: await toEnd(id) });
}
const toEnd = async (id: string) =>
  new Date(Math.max(...(await readJobs(id)).map(({ finishedAt }) => Number(finishedAt))));

it('accepts none whose caller is gone by then', async () => {
  const viewer = { ...ANONYMOUS, client: 'default' };
  const input = evaluationInput.parse({ samples: SAMPLES });
  const asked = { viewer, requestId: 'request-1', name: 'support', input, idempotencyKey: undefined };
  await expect(startEvaluation(api.context, { ...asked, signal: AbortSignal.abort() })).rejects.toThrow(
    'gone',
  );
  expect(await api.bed.store.batches.countDocuments()).toBe(0);
  expect(await api.bed.store.stagedJobs.countDocuments()).toBe(0);
});

it('makes a job for every sample at every enabled provider, last in line, of the version of now', async () => {
  const { status, body, headers } = await start({ samples: SAMPLES });
  expect(status).toBe(202);
  expect(body).toEqual({ id: expect.stringMatching(/^evl_/), total: 6 });
  expect(headers.get('Location')).toBe(`/api/evaluations/${body.id}`);
  const jobs = await readJobs(body.id);
  expect(jobs.map(({ text, providers }) => [text, providers])).toEqual(
    SAMPLES.flatMap(({ text }) => [['main'], ['spare'], ['local']].map((providers) => [text, providers])),
  );
  for (const job of jobs)
    expect(job).toMatchObject({
      priority: 9,
      waiting: true,
      allowDegraded: false,
      classifier: { name: 'support', version: 1 },
      route: `only:${job.providers?.[0]}`,
    });
  await api.admin('PUT', '/api/classifiers/support', { body: { labels: ['billing', 'bug'] } });
  expect((await api.admin('GET', headers.get('Location') ?? '')).body).toMatchObject({
    state: 'running',
    classifier: { name: 'support', version: 1 },
    samples: 2,
    done: 0,
    total: 6,
    providers: [
      { provider: { name: 'main', model: 'model of main' }, done: 0, accuracy: null, confusion: [] },
      { provider: { name: 'spare' } },
      { provider: { name: 'local' } },
    ],
  });
  expect((await start({ samples: SAMPLES })).body.id).not.toBe(body.id);
});

it('leaves out of its score what another provider answered that took the name', async () => {
  const { body } = await start({ samples: SAMPLES, providers: ['spare'] });
  await end(body.id, { 0: ['billing'], 1: ['billing'] });
  const other = { id: 'prv_other', name: 'spare', type: 'openai' as const, model: 'm' };
  await api.bed.store.jobs.updateOne({ _id: toItemId(body.id, 1) }, { provider: other });
  const { done, providers } = await client.evaluations.get(body.id);
  expect(done).toBe(2);
  expect(providers).toMatchObject([{ done: 1, answered: 1, accuracy: 1, costUsd: 2e-6 }]);
});

it('scores what is there, and says when that is all', async () => {
  const { body } = await start({ samples: SAMPLES, providers: ['spare', 'MAIN'] });
  await end(body.id, { 0: ['billing'], 1: ['billing'], 2: ['billing'] });
  const running = await client.evaluations.get(body.id);
  expect(running).toMatchObject({
    state: 'running',
    finishedAt: null,
    done: 3,
    providers: [
      { provider: { name: 'spare' }, done: 2, correct: 1, accuracy: 0.5, costUsd: 4e-6, p50Ms: 100 },
      { provider: { name: 'main' }, done: 1, correct: 1, accuracy: 1 },
    ],
  });
  await end(body.id, { 3: null });
  const finished = await client.evaluations.get(body.id);
  expect(finished).toMatchObject({ state: 'finished', finishedAt: (await toEnd(body.id)).toISOString() });
  expect(finished.providers[1]).toMatchObject({
    done: 2,
    answered: 1,
    correct: 1,
    accuracy: 0.5,
    macroF1: 0.5,
    p95Ms: 101,
    confusion: expect.arrayContaining([{ expected: 'bug', answered: null, count: 1 }]),
  });
});

it('keeps what it found although its jobs are erased and gone, and finds anew what was tried again', async () => {
  const { body } = await start({ samples: SAMPLES, providers: ['main'] });
  await end(body.id, { 0: ['billing'], 1: null });
  await finish(body.id);
  expect(await summariseEvaluations(api.bed.store, 10)).toBe(1);
  expect(await summariseEvaluations(api.bed.store, 10)).toBe(0);
  const [answered, failed] = (await readJobs(body.id)).map(({ _id }) => _id);

  expect((await api.admin('POST', `/api/classifications/${failed}/retry`)).status).toBe(200);
  expect(await client.evaluations.get(body.id)).toMatchObject({ state: 'running', done: 1 });
  await end(body.id, { 1: ['bug'] });
  await finish(body.id);
  expect(await summariseEvaluations(api.bed.store, 10)).toBe(1);
  const found = await client.evaluations.get(body.id);
  expect(found.providers).toMatchObject([{ done: 2, correct: 2, accuracy: 1 }]);

  await api.admin('DELETE', `/api/classifications/${answered}`);
  expect(await client.evaluations.get(body.id)).toEqual(found);
  await api.bed.store.jobs.deleteMany({});
  expect(await client.evaluations.get(body.id)).toMatchObject({ done: 2, providers: found.providers });
  expect((await client.evaluations.list()).data[0]?.providers).toMatchObject([{ accuracy: 1 }]);
});

it('asks several labels of a classifier that gives several', async () => {
  const samples = [
    { text: 'x', labels: ['b', 'a'] },
    { text: 'y', labels: [] },
    { text: 'z', label: 'a' },
  ];
  const { id, total } = await client.evaluations.start('tags', { samples, providers: ['main'] });
  expect(total).toBe(3);
  await end(id, { 0: ['a', 'b'], 1: ['b'], 2: ['a'] });
  expect((await client.evaluations.get(id)).providers).toMatchObject([
    { correct: 2, confusion: expect.arrayContaining([{ expected: null, answered: 'b', count: 1 }]) },
  ]);
  const expected: string[][] = [];
  for await (const line of client.evaluations.results(id)) expected.push(line.expected);
  expect(expected).toEqual([['b', 'a'], [], ['a']]);
});

it('cancels what is left, and counts only what was asked', async () => {
  const { body } = await start({ samples: SAMPLES, providers: ['main'] });
  await end(body.id, { 0: ['bug'] });
  const cancelled = await client.evaluations.cancel(body.id);
  expect(cancelled).toMatchObject({
    state: 'cancelled',
    done: 2,
    providers: [{ done: 1, answered: 1, correct: 0, accuracy: 0 }],
  });
  expect(await client.evaluations.cancel(body.id)).toEqual(cancelled);
  expect((await readJobs(body.id)).map(({ state }) => state)).toEqual(['succeeded', 'cancelled']);
});

it('is found among the jobs, and is no batch', async () => {
  const { body } = await start({ samples: SAMPLES });
  const jobs = await api.admin('GET', `/api/classifications?batchId=${body.id}`);
  expect(jobs.body.data).toHaveLength(6);
  expect(jobs.body.data[0]).toMatchObject({ batchId: body.id, priority: 9 });
  expect((await api.admin('GET', `/api/batches/${body.id}`)).body.code).toBe('not_found');
  expect((await api.admin('GET', `/api/batches/${body.id}/results`)).body.code).toBe('not_found');
  expect((await api.admin('GET', '/api/batches')).body.data).toEqual([]);
  const batch = await client.batches.submit({ items: [{ text: 'x', labels: ['a', 'b'] }] });
  expect((await api.admin('GET', `/api/evaluations/${batch.id}`)).body.code).toBe('not_found');
  expect((await client.evaluations.list()).data.map(({ id }) => id)).toEqual([body.id]);
});

it('lists by classifier, page by page, newest first', async () => {
  const samples = [{ text: 'x', label: 'a' }];
  const tags = await client.evaluations.start('tags', { samples });
  const ids: string[] = [];
  for (const _ of [1, 2, 3]) ids.unshift((await start({ samples: SAMPLES })).body.id);
  const first = await client.evaluations.list({ classifier: 'support', limit: 2 });
  expect(first.data).toMatchObject([{ id: ids[0], providers: null, done: 0, total: 6 }, { id: ids[1] }]);
  const second = await client.evaluations.list({
    classifier: 'support',
    limit: 2,
    cursor: first.nextCursor ?? '',
  });
  expect(second).toMatchObject({ data: [{ id: ids[2] }], nextCursor: null });
  expect((await client.evaluations.list({ classifier: 'tags' })).data).toMatchObject([{ id: tags.id }]);
  const alien = await api.admin(
    'GET',
    `/api/evaluations?cursor=${Buffer.from('job_1').toString('base64url')}`,
  );
  expect(alien.body.code).toBe('invalid_cursor');
});

it('is seen by its own client and by administrators alone', async () => {
  const mine = await api.as({ scopes: ['jobs:write'], client: 'mine' });
  const theirs = await api.as({ scopes: ['jobs:write'], client: 'theirs' });
  const reader = await api.as({ scopes: ['jobs:read'], client: 'mine' });
  const { id } = (await start({ samples: SAMPLES }, {}, mine)).body;
  expect((await reader('GET', `/api/evaluations/${id}`)).body.client).toBe('mine');
  expect((await api.admin('GET', `/api/evaluations/${id}`)).status).toBe(200);
  for (const [method, path] of [
    ['GET', `/api/evaluations/${id}`],
    ['GET', `/api/evaluations/${id}/results`],
    ['POST', `/api/evaluations/${id}/cancel`],
  ] as const)
    expect((await theirs(method, path)).status).toBe(404);
  expect((await theirs('GET', '/api/evaluations')).body.data).toEqual([]);
  expect((await start({ samples: SAMPLES }, {}, reader)).body.code).toBe('forbidden');
  expect((await reader('POST', `/api/evaluations/${id}/cancel`)).body.code).toBe('forbidden');
});

it('is on the audit log once where an operator started it, and not where an upstream system did', async () => {
  const upstream = await api.as({ scopes: ['jobs:write'] });
  const headers = { 'Idempotency-Key': createId('evt') };
  const readRows = async (id: string) =>
    (await api.admin('GET', `/api/audit?action=evaluation.started&targetId=${id}`)).body.data;
  const { body } = await start({ samples: SAMPLES }, headers);
  expect((await start({ samples: SAMPLES }, headers)).headers.get('Idempotent-Replayed')).toBe('true');
  const target = { kind: 'evaluation', id: body.id, name: 'support' };
  const after = { version: expect.any(Number), samples: 2, providers: ['main', 'spare', 'local'], jobs: 6 };
  expect(await readRows(body.id)).toMatchObject([{ target, before: null, after }]);
  const theirs = await start({ samples: SAMPLES }, {}, upstream);
  expect(theirs.status).toBe(202);
  expect(await readRows(theirs.body.id)).toEqual([]);
});

describe('what is refused', () => {
  const sample = { text: 'x', label: 'bug' };
  it.each([
    ['no samples', { samples: [] }, '/samples'],
    ['too many samples', { samples: Array.from({ length: 1_001 }, () => sample) }, '/samples'],
    [
      'a label of nobody',
      { samples: [sample, sample, sample, { text: 'x', label: 'no' }] },
      '/samples/3/label',
    ],
    ['no label', { samples: [{ text: 'x' }] }, '/samples/0/label'],
    ['both', { samples: [{ ...sample, labels: ['bug'] }] }, '/samples/0/labels'],
    ['labels where there is one', { samples: [{ text: 'x', labels: ['bug'] }] }, '/samples/0/labels'],
    ['an empty text', { samples: [{ text: '', label: 'bug' }] }, '/samples/0/text'],
    ['too long a text', { samples: [{ text: 'x'.repeat(200_001), label: 'bug' }] }, '/samples/0/text'],
    ['another field', { samples: [sample], priority: 0 }, '/priority'],
    ['no providers', { samples: [sample], providers: [] }, '/providers'],
    ['a disabled provider', { samples: [sample], providers: ['main', 'off'] }, '/providers/1'],
  ])('%s', async (_, body, pointer) => {
    expect((await start(body)).body).toMatchObject({
      status: 422,
      code: 'validation_failed',
      errors: [{ pointer }],
    });
    const { jobs, batches, stagedJobs } = api.bed.store;
    expect(
      await Promise.all([jobs, batches, stagedJobs].map((m) => (m as typeof jobs).countDocuments({}))),
    ).toEqual([0, 0, 0]);
  });

  it('a provider that is not there', async () => {
    const { body } = await start({ samples: [sample], providers: ['main', 'nobody'] });
    expect(body).toMatchObject({
      status: 422,
      code: 'unknown_provider',
      errors: [{ pointer: '/providers/1' }],
    });
  });

  it('a classifier that is not there', async () => {
    const reply = await api.admin('POST', '/api/classifiers/none/evaluate', { body: { samples: [sample] } });
    expect(reply.body).toMatchObject({ status: 404, code: 'not_found' });
  });

  it('more than 10,000 jobs, and more than 8 MB', async () => {
    const { providers } = api.bed.store;
    const one = await providers.findOne({ name: 'main' }).lean();
    const many = Array.from({ length: 8 }, (_, index) => ({
      ...one,
      _id: createId('prv'),
      name: `m${index}`,
      nameKey: `m${index}`,
    }));
    await providers.insertMany(many as never);
    const samples = Array.from({ length: 1_000 }, () => sample);
    expect((await start({ samples })).body).toMatchObject({ status: 422, errors: [{ pointer: '/samples' }] });
    await providers.deleteMany({ name: /^m\d$/ });
    const long = Array.from({ length: 45 }, () => ({ text: 'x'.repeat(190_000), label: 'bug' }));
    expect((await start({ samples: long })).body.code).toBe('body_too_large');
  });
});

describe('Idempotency-Key', () => {
  it('gives the same evaluation, and refuses another body, another classifier or a batch', async () => {
    const headers = { 'Idempotency-Key': createId('evt') };
    const first = await start({ samples: SAMPLES }, headers);
    const again = await start({ samples: SAMPLES, providers: null }, headers);
    expect(first.headers.get('Idempotent-Replayed')).toBeNull();
    expect(again.body.code).toBe('idempotency_key_reused');
    const same = await start({ samples: SAMPLES.map(({ text, label }) => ({ label, text })) }, headers);
    expect(same.body).toEqual(first.body);
    expect(same.headers.get('Idempotent-Replayed')).toBe('true');
    expect((await start({ samples: [SAMPLES[0]] }, headers)).body.code).toBe('idempotency_key_reused');
    const other = { samples: [{ text: 'x', label: 'a' }] };
    const tags = await api.admin('POST', '/api/classifiers/tags/evaluate', { body: other, headers });
    expect(tags.body.code).toBe('idempotency_key_reused');
    const batch = { items: [{ text: 'x', labels: ['a', 'b'] }] };
    const submitted = await api.admin('POST', '/api/classifications/batch', { body: batch, headers });
    expect(submitted.body.code).toBe('idempotency_key_reused');
    expect(await api.bed.store.jobs.countDocuments({})).toBe(6);
  });

  it('makes one of twins', async () => {
    const headers = { 'Idempotency-Key': createId('evt') };
    const replies = await Promise.all(Array.from({ length: 4 }, () => start({ samples: SAMPLES }, headers)));
    expect(new Set(replies.map(({ body }) => body.id)).size).toBe(1);
    expect(await api.bed.store.jobs.countDocuments({})).toBe(6);
    expect(await api.bed.store.stagedJobs.countDocuments({})).toBe(0);
  });

  it('ends what was broken off before it was accepted, and what was accepted and not released', async () => {
    const headers = { 'Idempotency-Key': createId('evt') };
    const { batches, jobs } = api.bed.store;
    const { stagedJobs } = api.context.store;
    vi.spyOn(stagedJobs.collection, 'insertMany').mockRejectedValueOnce(new Error('killed here'));
    expect((await start({ samples: SAMPLES }, headers)).status).toBe(500);
    expect(await jobs.countDocuments({})).toBe(0);
    vi.spyOn(stagedJobs.collection, 'find').mockImplementationOnce(() => {
      throw new Error('killed here');
    });
    const accepted = await start({ samples: SAMPLES }, headers);
    expect(await batches.findById(accepted.body.id).lean()).toMatchObject({ state: 'accepted' });
    expect(await client.evaluations.get(accepted.body.id)).toMatchObject({ state: 'running', total: 6 });
    const lines: number[] = [];
    for await (const { index } of client.evaluations.results(accepted.body.id)) lines.push(index);
    expect(lines).toEqual([0, 0, 0, 1, 1, 1]);
  });
});

it('throws the problem of results that are not there', async () => {
  await expect(client.evaluations.results('evl_none').next()).rejects.toThrow(ProblemError);
});
