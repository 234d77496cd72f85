import { createId } from '@understudy/shared/ids';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestApi, type TestApi } from '../testing/test-api.ts';

let api: TestApi;
beforeAll(async () => {
  // What was let in is counted anew only where a test says so.
  api = await startTestApi({ clock: { now: () => Date.now(), monotonic: () => 0 } });
  await api.context.backlog.stop();
  await api.admin('POST', '/api/providers/config', { body: { maxWaitingJobs: 3 } });
});
afterAll(() => api.close());

const JOB = { text: 'My card was charged twice', labels: ['billing', 'bug'] };
const submit = (headers: Record<string, string> = {}, body: object = JOB) =>
  api.admin('POST', '/api/classifications', { body, headers });

it('refuses what is more than may wait, but never the repeat of what was accepted', async () => {
  const headers = { 'Idempotency-Key': createId('evt') };
  const first = await submit(headers);
  expect([first.status, (await submit()).status, (await submit()).status]).toEqual([202, 202, 202]);

  const refused = await submit();
  expect(refused.body).toMatchObject({ status: 429, code: 'backlog_full' });
  expect(Number(refused.headers.get('Retry-After'))).toBeGreaterThan(0);
  const unknown = { 'Idempotency-Key': createId('evt') };
  expect((await submit(unknown)).body.code).toBe('backlog_full');
  expect(await api.bed.store.jobs.countDocuments()).toBe(3);

  const again = await submit(headers);
  expect(again.status).toBe(202);
  expect(again.headers.get('Idempotent-Replayed')).toBe('true');
  expect(again.body.id).toBe(first.body.id);
  expect((await submit(headers, { ...JOB, text: 'other' })).body.code).toBe('idempotency_key_reused');
  expect((await submit({}, { text: 'x' })).body.code).toBe('validation_failed');

  await api.bed.store.jobs.updateMany({}, { state: 'succeeded' });
  await api.context.backlog.refresh();
  expect((await submit(unknown)).status).toBe(202);
});

it('counts a job in once, however often its submit is repeated, one after the other or at once', async () => {
  await api.bed.store.jobs.deleteMany({});
  await api.context.backlog.refresh();
  const headers = { 'Idempotency-Key': createId('evt') };
  for (let time = 0; time < 3; time += 1) expect((await submit(headers)).status).toBe(202);
  const twins = { 'Idempotency-Key': createId('evt') };
  const replies = await Promise.all([submit(twins), submit(twins)]);
  expect(replies.map(({ status }) => status)).toEqual([202, 202]);
  expect((await submit()).status).toBe(202);
  expect((await submit()).body.code).toBe('backlog_full');
  expect(await api.bed.store.jobs.countDocuments()).toBe(3);
});

it('lets in no more than may wait, however many come at once', async () => {
  await api.bed.store.jobs.deleteMany({});
  await api.context.backlog.refresh();
  const replies = await Promise.all(Array.from({ length: 12 }, () => submit()));
  expect(replies.filter(({ status }) => status === 202)).toHaveLength(3);
  expect(await api.bed.store.jobs.countDocuments()).toBe(3);
});

it('refuses a batch while it is full, but not its repeat, and counts one that it let in whole', async () => {
  await api.bed.store.jobs.deleteMany({});
  await api.context.backlog.refresh();
  const headers = { 'Idempotency-Key': createId('evt') };
  const body = { items: Array.from({ length: 5 }, () => JOB) };
  const submitBatch = (more: Record<string, string> = {}) =>
    api.admin('POST', '/api/classifications/batch', { body, headers: more });
  const first = await submitBatch(headers);
  expect(first).toMatchObject({ status: 202, body: { accepted: 5 } });
  expect((await submit()).body.code).toBe('backlog_full');
  expect((await submitBatch()).body.code).toBe('backlog_full');
  expect(await api.bed.store.batches.countDocuments()).toBe(1);
  expect((await submitBatch(headers)).body).toEqual(first.body);
});

it('may be bounded by an administrator only', async () => {
  const operator = await api.as({ scopes: ['providers:write'] });
  for (const body of [{ maxWaitingJobs: 5 }, { retention: { textDays: 0 } }]) {
    const refused = await operator('POST', '/api/providers/config', { body });
    expect(refused.body).toMatchObject({ code: 'forbidden', detail: expect.stringContaining('admin') });
  }
});
