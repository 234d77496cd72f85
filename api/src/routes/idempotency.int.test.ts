import { createId } from '@understudy/shared/ids';
import { toNative } from '@understudy/shared/store/define-model';
import { toIdempotencyId } from '@understudy/shared/store/idempotency-keys/reserve-key';
import { expireUnusedKeys } from '@understudy/shared/store/retention/expire-unused-keys';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startTestApi, type TestApi } from '../testing/test-api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());

const DAY_MS = 86_400_000;
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

  describe.each([
    { what: 'a job', path: '/api/classifications', body: JOB },
    { what: 'a batch', path: '/api/classifications/batch', body: { items: [JOB] } },
  ])('that never came to $what', ({ path, body }) => {
    /** A key whose maker died two days ago. */
    async function leaveKey() {
      const key = createId('evt');
      const send = () => api.admin('POST', path, { body, headers: { 'Idempotency-Key': key } });
      const { body: made } = await send();
      const { jobs, batches, idempotencyKeys } = api.bed.store;
      await jobs.deleteMany({ $or: [{ _id: made.id }, { batchId: made.id }] });
      await batches.deleteOne({ _id: made.id });
      const _id = toIdempotencyId('default', key);
      await idempotencyKeys.updateOne({ _id }, { createdAt: new Date(Date.now() - 2 * DAY_MS) });
      return { _id, send };
    }

    it('is kept where it is used while it is being removed', async () => {
      const { _id, send } = await leaveKey();
      const keys = toNative(api.bed.store.idempotencyKeys);
      const remove = keys.deleteMany.bind(keys);
      let used: Awaited<ReturnType<typeof send>> | undefined;
      vi.spyOn(keys, 'deleteMany').mockImplementationOnce(async (...args) => {
        used = await send();
        return remove(...args);
      });
      await expireUnusedKeys(api.bed.store, {
        after: null,
        before: new Date(Date.now() - DAY_MS),
        limit: 500,
      });
      expect(used?.status).toBe(202);
      expect(await api.bed.store.idempotencyKeys.findById(_id).lean()).toMatchObject({
        jobId: used?.body.id,
      });
      expect((await send()).body.id).toBe(used?.body.id);
    });

    it('is reserved anew where it was removed while it was being used', async () => {
      const { _id, send } = await leaveKey();
      const { ledger, store } = api.context;
      const reserve = ledger.reserveKey;
      vi.spyOn(ledger, 'reserveKey').mockImplementationOnce(async (row) => {
        const inForce = await reserve(row);
        await store.idempotencyKeys.deleteOne({ _id });
        return inForce;
      });
      const used = await send();
      expect(await store.idempotencyKeys.findById(_id).lean()).toMatchObject({ jobId: used.body.id });
      expect((await send()).body.id).toBe(used.body.id);
    });
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
