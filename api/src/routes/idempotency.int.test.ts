import { createId } from '@understudy/shared/ids';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi } from '../testing/test-api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());

const JOB = { text: 'My card was charged twice', labels: ['billing', 'bug'] };
const submit = (body: object, headers: Record<string, string>, as = api.admin) =>
  as('POST', '/api/classifications', { body, headers });

describe('Idempotency-Key', () => {
  it('makes one job of 50 twins at once', async () => {
    const headers = { 'Idempotency-Key': `twins ${createId('evt')}` };
    const replies = await Promise.all(Array.from({ length: 50 }, () => submit(JOB, headers)));
    expect(new Set(replies.map(({ body }) => body.id)).size).toBe(1);
    expect(replies.map(({ status }) => status)).toEqual(replies.map(() => 202));
    const fresh = replies.filter((reply) => reply.headers.get('Idempotent-Replayed') === null);
    expect(fresh).toHaveLength(1);
    expect(await api.bed.store.jobs.countDocuments({ _id: replies[0]?.body.id })).toBe(1);
  });

  it('takes a body that differs only in spelling for the same, and any other for another', async () => {
    const headers = { 'Idempotency-Key': createId('evt') };
    const { body } = await submit({ ...JOB, metadata: { a: '1', b: '2' } }, headers);
    const spelt = { priority: 5, labels: JOB.labels, metadata: { b: '2', a: '1' }, text: JOB.text };
    expect((await submit(spelt, headers)).body.id).toBe(body.id);
    const other = await submit({ ...spelt, metadata: { a: '1' } }, headers);
    expect(other.body).toMatchObject({ status: 422, code: 'idempotency_key_reused' });
  });

  it('answers 200 once the job is final, also where what it named is gone', async () => {
    const headers = { 'Idempotency-Key': createId('evt') };
    await api.admin('POST', '/api/classifiers', { body: { name: 'gone', labels: ['a', 'b'] } });
    const { body } = await submit({ text: 'x', classifier: 'gone' }, headers);
    await api.admin('DELETE', '/api/classifiers/gone');
    await api.bed.store.jobs.updateOne({ _id: body.id }, { state: 'succeeded', finishedAt: new Date() });
    const again = await submit({ text: 'x', classifier: 'gone' }, headers);
    expect(again.status).toBe(200);
    expect(again.headers.get('Idempotent-Replayed')).toBe('true');
    expect(again.body).toMatchObject({ id: body.id, state: 'succeeded' });
  });

  it('finishes the job of a key whose maker died in between', async () => {
    const headers = { 'Idempotency-Key': createId('evt') };
    const { body } = await submit(JOB, headers);
    await api.bed.store.jobs.deleteOne({ _id: body.id });
    const again = await submit(JOB, headers);
    expect(again.body.id).toBe(body.id);
    expect(await api.bed.store.jobs.exists({ _id: body.id })).not.toBeNull();
  });

  it('belongs to its client', async () => {
    const other = await api.as({ scopes: ['jobs:write'], client: 'other' });
    const headers = { 'Idempotency-Key': createId('evt') };
    const [mine, theirs] = [await submit(JOB, headers), await submit({ ...JOB, text: 'y' }, headers, other)];
    expect(theirs.status).toBe(202);
    expect(theirs.body.id).not.toBe(mine.body.id);
  });

  it.each([
    ['beyond ASCII', 'ü'],
    ['of 256 characters', 'x'.repeat(256)],
    ['that is empty', ''],
  ])('refuses a key %s', async (_, key) => {
    const reply = await submit(JOB, { 'Idempotency-Key': key });
    expect(reply.body).toMatchObject({ status: 422, code: 'validation_failed' });
  });
});
