import { cancelJobs } from '@understudy/shared/store/jobs/cancel-jobs';
import type { JobDocument } from '@understudy/shared/store/jobs/model';
import { toNative } from '@understudy/shared/store/define-model';
import { buildAttempt, buildAttemptEnd, buildJob } from '@understudy/shared/testing/builders';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { ANONYMOUS } from '../http/viewer.ts';
import { changeInBulk } from '../services/classifications/bulk.ts';
import type { Caller } from '../testing/caller.ts';
import { startTestApi, type TestApi } from '../testing/test-api.ts';

let api: TestApi;
let client: Caller;
beforeAll(async () => {
  api = await startTestApi();
  client = await api.as({ scopes: ['jobs:write'] });
});
beforeEach(async () => {
  await api.bed.store.jobs.deleteMany({});
  await api.bed.store.attempts.deleteMany({});
  await api.bed.store.audit.deleteMany({});
});
afterAll(() => api.close());

const PATH = '/api/classifications/bulk';
const bulk = (body: object, as = client) => as('POST', PATH, { body });
const count = (filter: object) => api.bed.store.jobs.countDocuments(filter);

async function insert(number: number, overrides: Partial<JobDocument> = {}): Promise<JobDocument[]> {
  const jobs = Array.from({ length: number }, () => buildJob(overrides));
  await toNative(api.bed.store.jobs).insertMany(jobs);
  return jobs;
}
const FAILED = { state: 'failed', error: { code: 'internal_error', message: 'no' } } as const;
const result = { label: 'bug', labels: [{ name: 'bug', confidence: 1 }], rationale: null };

describe('an action in bulk', () => {
  beforeEach(async () => {
    await insert(3, { waiting: true, metadata: { run: '1' } });
    await insert(2, { state: 'deferred', metadata: { run: '2' } });
    await insert(4, { ...FAILED, metadata: { run: '1' } });
    await insert(5, { state: 'succeeded', result });
  });

  it('changes the jobs that it can be done to, once', async () => {
    expect((await bulk({ action: 'cancel', filter: {} })).body).toEqual({
      matched: 5,
      changed: 5,
      nextCursor: null,
    });
    expect((await bulk({ action: 'cancel', filter: {} })).body).toMatchObject({ matched: 0, changed: 0 });
    expect(await count({ state: 'cancelled', 'announce.eventId': { $exists: true } })).toBe(5);
    expect((await bulk({ action: 'retry', filter: {} })).body).toMatchObject({ matched: 9, changed: 9 });
    expect(await count({ state: 'queued', generation: 2, waiting: true })).toBe(9);
    const everything = { from: '1970-01-01' };
    expect((await bulk({ action: 'erase', filter: everything })).body).toMatchObject({
      matched: 14,
      changed: 14,
    });
    expect((await bulk({ action: 'erase', filter: everything })).body).toMatchObject({
      matched: 0,
      changed: 0,
    });
    expect(await count({ text: null, result: null, erasedAt: { $ne: null } })).toBe(14);
    expect((await bulk({ action: 'retry', filter: {} })).body).toMatchObject({ matched: 0, changed: 0 });
  });

  it.each([
    ['cancel', {}, 5],
    ['cancel', { state: 'deferred' }, 2],
    ['cancel', { state: ['deferred', 'failed'] }, 2],
    ['cancel', { state: 'failed' }, 0],
    ['cancel', { 'metadata.run': '1' }, 3],
    ['cancel', { to: '2000-01-01' }, 0],
    ['retry', { errorCode: 'internal_error', 'metadata.run': '1' }, 4],
    ['retry', { errorCode: 'worker_crashed' }, 0],
    ['erase', {}, 14],
    ['erase', { label: ['bug', 'billing'] }, 5],
    ['erase', { label: 'billing,bug', degraded: false }, 5],
    ['erase', { degraded: 'true' }, 0],
    ['erase', { client: 'default', state: 'succeeded,failed' }, 9],
  ])('tells of %s with %j in a dry run what it would change', async (action, filter, matched) => {
    const { body } = await bulk({ action, filter, dryRun: true });
    expect(body).toEqual({ matched, changed: 0, nextCursor: null });
    expect(await count({ erasedAt: { $ne: null } })).toBe(0);
    expect(await count({ state: 'cancelled' })).toBe(0);
    const everything = action === 'erase' && Object.keys(filter).length === 0;
    const real = await bulk({ action, filter: everything ? { from: '1970-01-01' } : filter });
    expect(real.body).toMatchObject({ matched, changed: matched });
  });

  it('filters by the fault of an attempt, as the list does', async () => {
    const [faulty] = await insert(2, FAILED);
    const end = buildAttemptEnd({ outcome: 'failed', fault: 'timeout' });
    await api.bed.store.attempts.create({ ...buildAttempt({ jobId: faulty?._id ?? '' }), ...end });
    expect((await bulk({ action: 'retry', filter: { fault: 'timeout' } })).body).toMatchObject({
      changed: 1,
    });
  });

  it('stays within the client, but for administrators', async () => {
    await insert(2, { client: 'other' });
    expect((await bulk({ action: 'cancel', filter: {} })).body.changed).toBe(5);
    expect((await bulk({ action: 'cancel', filter: { client: 'other' } })).body.code).toBe('forbidden');
    expect(await count({ client: 'other', state: 'queued' })).toBe(2);
    const filter = { client: 'other' };
    expect((await bulk({ action: 'erase', filter }, api.admin)).body).toMatchObject({ changed: 2 });
    expect(await count({ erasedAt: { $ne: null } })).toBe(2);
    expect((await bulk({ action: 'retry', filter: {} }, api.admin)).body).toMatchObject({ changed: 9 });
  });

  it('by an operator is on record with its filter; a dry run is not', async () => {
    await bulk({ action: 'cancel', filter: { state: 'queued' } });
    await bulk({ action: 'erase', filter: {}, dryRun: true }, api.admin);
    expect(await api.bed.store.audit.countDocuments()).toBe(0);
    await bulk({ action: 'retry', filter: { errorCode: 'internal_error' } }, api.admin);
    expect(await api.bed.store.audit.find().lean()).toMatchObject([
      {
        action: 'jobs.retried',
        target: { kind: 'jobs', id: '*' },
        after: { filter: { errorCode: 'internal_error' } },
      },
    ]);
  });
});

it.each([
  [{ filter: {} }, ['/action']],
  [{ action: 'explode', filter: {} }, ['/action']],
  [{ action: 'cancel' }, ['/filter']],
  [{ action: 'cancel', filter: null }, ['/filter']],
  [{ action: 'erase', filter: {} }, ['/filter']],
  [{ action: 'cancel', filter: { limit: 5 } }, ['/filter/limit']],
  [{ action: 'cancel', filter: { include: 'text' } }, ['/filter/include']],
  [{ action: 'cancel', filter: { $where: '1' } }, ['/filter/$where']],
  [{ action: 'cancel', filter: { state: { $ne: 'queued' } } }, ['/filter/state']],
  [{ action: 'cancel', filter: { state: [] } }, ['/filter/state']],
  [{ action: 'cancel', filter: { state: ['queued', 'nowhere'] } }, ['/filter/state/1']],
  [{ action: 'cancel', filter: { client: { $gt: '' } } }, ['/filter/client']],
  [{ action: 'cancel', filter: { 'metadata.a.b': 'c' } }, ['/filter/metadata.a.b']],
  [{ action: 'cancel', filter: { 'metadata.a': { $gt: '' } } }, ['/filter/metadata.a']],
  [{ action: 'cancel', filter: { from: 'soon' } }, ['/filter/from']],
  [{ action: 'cancel', filter: {}, dryRun: 'yes' }, ['/dryRun']],
  [{ action: 'cancel', filter: {}, force: true }, ['/force']],
])('refuses %j', async (body, pointers) => {
  const [job] = await insert(1);
  const reply = await bulk(body, api.admin);
  expect(reply).toMatchObject({ status: 422, body: { code: 'validation_failed' } });
  expect(reply.body.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual(pointers);
  expect(await count({ _id: job?._id, state: 'queued' })).toBe(1);
});

it('retries each once, so that one that is cancelled meanwhile stays so', async () => {
  await insert(1, { ...FAILED, announce: { eventId: 'evt_untold', at: new Date() } });
  const [told] = (await insert(1, FAILED)) as [JobDocument];
  const { collection } = api.context.store.jobs;
  const write = collection.updateMany.bind(collection);
  vi.spyOn(collection, 'updateMany').mockImplementationOnce(async (...args) => {
    const found = await write(...args);
    vi.restoreAllMocks();
    await cancelJobs(api.bed.store, [told._id], { erasesText: false });
    return found;
  });
  expect((await bulk({ action: 'retry', filter: {} })).body).toMatchObject({ matched: 2, changed: 2 });
  expect(await api.bed.store.jobs.findById(told._id).lean()).toMatchObject({
    state: 'cancelled',
    generation: 2,
  });
  expect(await count({ state: 'queued' })).toBe(1);
});

it('refuses a cursor that is none of its own', async () => {
  const body = { action: 'cancel', filter: {}, cursor: 'x' };
  expect((await bulk(body)).body).toMatchObject({ status: 400, code: 'invalid_cursor' });
});

it('works on many more jobs than it looks at in a step, each of them once', async () => {
  await insert(2_500);
  const twins = await Promise.all([
    bulk({ action: 'cancel', filter: {} }),
    bulk({ action: 'cancel', filter: {} }),
  ]);
  expect(twins.reduce((sum, { body }) => sum + body.changed, 0)).toBe(2_500);
  expect(await count({ state: 'cancelled' })).toBe(2_500);
  expect((await api.bed.store.jobs.distinct('announce.eventId')).length).toBe(2_500);
});

it('goes straight to what few of many have, oldest first, and each once', async () => {
  await insert(3_000, FAILED);
  const mine = await insert(1_200, { ...FAILED, metadata: { run: '7' } });
  await insert(100, { state: 'succeeded', metadata: { run: '7' } });
  const { body } = await bulk({ action: 'retry', filter: { 'metadata.run': '7' } });
  expect(body).toEqual({ matched: 1_200, changed: 1_200, nextCursor: null });
  expect(await count({ _id: { $in: mine.map(({ _id }) => _id) }, state: 'queued' })).toBe(1_200);
  expect(await count({ state: 'queued' })).toBe(1_200);
});

it.each([
  ['one by one', {}],
  ['by an index', { metadata: { run: '7' } }],
])('leaves alone what is accepted while it runs, though its id was made before: %s', async (_, own) => {
  const [before] = await insert(1, own);
  // As of a batch whose upload had begun.
  await insert(1, { ...own, createdAt: new Date(Date.now() + 60_000) });
  await insert(1, { ...own, _id: 'job_7ZZZZZZZZZZZZZZZZZZZZZZZZZ' });
  const filter = 'metadata' in own ? { 'metadata.run': '7' } : {};
  expect((await bulk({ action: 'cancel', filter })).body).toMatchObject({ matched: 2, changed: 2 });
  expect(
    await count({ _id: { $in: [before?._id, 'job_7ZZZZZZZZZZZZZZZZZZZZZZZZZ'] }, state: 'cancelled' }),
  ).toBe(2);
});

it('erases a batch, whose results keep their order and names', async () => {
  const items = [
    { text: 'a', customId: 'x'.repeat(128) },
    { text: 'b', metadata: { k: '1' } },
  ];
  const body = { defaults: { labels: ['billing', 'bug'] }, items };
  const { id } = (await client('POST', '/api/classifications/batch', { body })).body;
  const erased = await bulk({ action: 'erase', filter: { batchId: id } });
  expect(erased.body).toMatchObject({ matched: 2, changed: 2 });
  const results = await client('GET', `/api/batches/${id}/results`);
  expect(results.body).toMatchObject([
    { index: 0, customId: 'x'.repeat(128), job: { text: null, state: 'cancelled', batchId: id } },
    { index: 1, customId: null, job: { text: null, metadata: { k: '1' }, erasedAt: expect.any(String) } },
  ]);
  const batch = await client('GET', `/api/batches/${id}`);
  expect(batch.body).toMatchObject({ counts: { cancelled: 2 }, progress: 1, finishedAt: expect.any(String) });
});

it('stops where it is when its caller goes, and goes on by its cursor, with what was accepted by then', async () => {
  await insert(1_500);
  const { clock } = api.context;
  await insert(1, { createdAt: new Date(clock.now() + 30_000) });
  const gone = AbortSignal.abort();
  const viewer = { ...ANONYMOUS, client: 'default' };
  const input = { action: 'cancel' as const, filter: {}, dryRun: false };
  const part = await changeInBulk(api.context, { viewer, requestId: 'request-1', input, signal: gone });
  expect(part).toMatchObject({ matched: 1_000, changed: 1_000, nextCursor: expect.any(String) });
  const later = { ...api.context, clock: { ...clock, now: () => clock.now() + 60_000 } };
  const goOn = { viewer, requestId: 'request-2', input: { ...input, cursor: part.nextCursor ?? '' } };
  const rest = await changeInBulk(later, { ...goOn, signal: new AbortController().signal });
  expect(rest).toEqual({ matched: 500, changed: 500, nextCursor: null });
});
