import { createId } from '@understudy/shared/ids';
import { toNative } from '@understudy/shared/store/define-model';
import type { JobDocument } from '@understudy/shared/store/jobs/model';
import { expireJobs } from '@understudy/shared/store/retention/expire-jobs';
import { expireTexts } from '@understudy/shared/store/retention/expire-texts';
import { insertDeliveries, toDelivery } from '@understudy/shared/store/webhooks/insert-deliveries';
import { buildAttempt, buildAttemptEnd } from '@understudy/shared/testing/builders';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startTestApi, type TestApi } from '../testing/test-api.ts';

const TEXT = 'canary-text of a charge';
const RATIONALE = 'canary-rationale of a model';
const QUOTED = 'canary-quote of a vendor';

let api: TestApi;
let webhookId: string;
beforeAll(async () => {
  api = await startTestApi();
  const body = { url: 'http://127.0.0.1:2/hook', events: ['classification.succeeded'] };
  webhookId = (await api.admin('POST', '/api/webhooks', { body })).body.id;
});
afterAll(() => api.close());

interface Answered {
  jobId: string;
  batchId: string;
  deliveryId: string;
  run: string;
  key: string;
}

const toBody = (run: string) => ({
  items: [{ text: TEXT, labels: ['billing', 'bug'], explain: true, metadata: { run } }],
});

/** A job of a batch that was answered, told of, and corrected: words of it are in every place that has any. */
async function answer(): Promise<Answered> {
  const [run, key] = [createId('evt'), createId('evt')];
  const headers = { 'Idempotency-Key': key };
  const { body: batch } = await api.admin('POST', '/api/classifications/batch', {
    body: toBody(run),
    headers,
  });
  const jobId = batch.jobs[0].id as string;
  const { store } = api.bed;
  const result = { label: 'bug', labels: [{ name: 'bug', confidence: 1 }], rationale: RATIONALE };
  await store.jobs.updateOne(
    { _id: jobId },
    { state: 'succeeded', result, finishedAt: new Date(), attemptCount: 1 },
  );
  await store.attempts.create({
    ...buildAttempt({ jobId }),
    ...buildAttemptEnd({ message: QUOTED }),
    counted: true,
  });
  await api.admin('PUT', `/api/classifications/${jobId}/correction`, { body: { labels: ['billing'] } });
  const told = { target: webhookId, webhookId, client: 'default', url: null, once: false, jobId };
  const type = 'classification.succeeded' as const;
  const delivery = toDelivery({ ...told, type, eventId: createId('evt'), body: RATIONALE }, new Date());
  await insertDeliveries(store, [delivery]);
  return { jobId, batchId: batch.id, deliveryId: delivery._id, run, key };
}

/** Every way in which words of a job leave the API. */
const READS: Record<string, (job: Answered) => Promise<{ status: number; text: string }>> = {
  'by id': ({ jobId }) => api.admin('GET', `/api/classifications/${jobId}`),
  'with a wait': ({ jobId }) =>
    api.admin('GET', `/api/classifications/${jobId}`, { headers: { Prefer: 'wait=1' } }),
  'in a list': ({ run }) =>
    api.admin('GET', `/api/classifications?metadata.run=${run}&include=text,attempts`),
  'as a file': ({ run }) =>
    api.admin('GET', `/api/classifications?metadata.run=${run}`, { headers: { Accept: 'text/csv' } }),
  'in the results of its batch': ({ batchId }) => api.admin('GET', `/api/batches/${batchId}/results`),
  'by a replay of its batch': ({ run, key }) =>
    api.admin('POST', '/api/classifications/batch', {
      body: toBody(run),
      headers: { 'Idempotency-Key': key },
    }),
  'in deliveries': () => api.admin('GET', `/api/webhooks/${webhookId}/deliveries`),
  'in the audit rows': async () => ({
    status: 200,
    text: JSON.stringify(await api.bed.store.audit.find().lean()),
  }),
};

/** Everything that the ledger holds, as text. */
async function dump(): Promise<string> {
  const collections = await api.bed.store.connection.listCollections();
  const documents = await Promise.all(
    collections.map(({ name }) => api.bed.store.connection.collection(name).find().toArray()),
  );
  return JSON.stringify(documents);
}

describe.each<[string, (job: Answered) => Promise<unknown>]>([
  ['by id', ({ jobId }) => api.admin('DELETE', `/api/classifications/${jobId}`)],
  [
    'in bulk',
    ({ run }) => {
      const body = { action: 'erase', filter: { 'metadata.run': run } };
      return api.admin('POST', '/api/classifications/bulk', { body });
    },
  ],
])('a job that was erased %s', (_, erase) => {
  it('is told of by nobody any more, and is nowhere', async () => {
    const job = await answer();
    expect(await dump()).toMatch(/canary-text.*canary-rationale|canary-rationale.*canary-text/s);
    await erase(job);
    for (const [how, read] of Object.entries(READS)) {
      const { status, text } = await read(job);
      expect({ how, status }).toEqual({ how, status: expect.toSatisfy((code) => code < 300) });
      expect({ how, words: text.match(/canary/g) }).toEqual({ how, words: null });
    }
    expect((await dump()).match(/canary-\w+/g)).toBeNull();
    const redelivered = await api.admin(
      'POST',
      `/api/webhooks/${webhookId}/deliveries/${job.deliveryId}/redeliver`,
    );
    expect(redelivered.body).toMatchObject({ status: 409, code: 'not_retryable' });
    expect((await api.admin('POST', `/api/classifications/${job.jobId}/retry`)).body.code).toBe(
      'not_retryable',
    );
  });

  it('is nowhere either where its erasure broke off and was asked for again', async () => {
    const job = await answer();
    const deliveries = toNative(api.context.store.deliveries);
    const away = vi.spyOn(deliveries, 'updateMany').mockRejectedValue(new Error('The ledger is away.'));
    await erase(job);
    away.mockRestore();
    await erase(job);
    expect((await dump()).match(/canary-\w+/g)).toBeNull();
  });

  it('keeps its accounts', async () => {
    const job = await answer();
    await erase(job);
    const { body } = await api.admin('GET', `/api/classifications/${job.jobId}`);
    expect(body).toMatchObject({ state: 'succeeded', text: null, result: null, correction: null });
    expect(body.attempts).toMatchObject([{ outcome: 'succeeded', message: null }]);
  });
});

it('has nothing left in an evaluation of a sample that was erased, but what was counted', async () => {
  await api.admin('POST', '/api/classifiers', { body: { name: 'support', labels: ['billing', 'bug'] } });
  const samples = [{ text: TEXT, label: 'billing' }];
  const { body } = await api.admin('POST', '/api/classifiers/support/evaluate', {
    body: { samples, providers: ['local'] },
  });
  const results = () => api.admin('GET', `/api/evaluations/${body.id}/results`);
  expect((await results()).text).toContain('canary-text');
  const result = { label: 'bug', labels: [{ name: 'bug', confidence: 1 }], rationale: RATIONALE };
  await api.bed.store.jobs.updateMany(
    { batchId: body.id },
    { state: 'succeeded', result, finishedAt: new Date(), attemptCount: 1 },
  );
  await api.admin('POST', '/api/classifications/bulk', {
    body: { action: 'erase', filter: { batchId: body.id } },
  });
  const { status, text } = await results();
  expect(status).toBe(200);
  expect(text.match(/canary-\w+/g)).toBeNull();
  expect((await dump()).match(/canary-\w+/g)).toBeNull();
});

it('gives a text that expired to nobody, and what came of it to all', async () => {
  const job = await answer();
  await expireTexts(api.bed.store, new Date(Date.now() + 1_000), 100);
  for (const [how, read] of Object.entries(READS)) {
    const { text } = await read(job);
    expect({ how, words: text.match(/canary-text/g) }).toEqual({ how, words: null });
  }
  expect(await dump()).not.toContain('canary-text');
  const { body } = await api.admin('GET', `/api/classifications/${job.jobId}`);
  expect(body).toMatchObject({ text: null, erasedAt: null, result: { rationale: RATIONALE } });
});

it('has nothing left of a job that expired, but what was counted', async () => {
  const job = await answer();
  await api.bed.store.jobs.updateMany({}, { $set: { finishedAt: new Date(0), state: 'succeeded' } });
  await api.bed.store.deliveries.updateMany({}, { $set: { state: 'delivered', nextTryAt: null } });
  await expireJobs(api.bed.store, new Date(), 500);
  expect((await dump()).match(/canary-\w+/g)).toBeNull();
  expect((await api.admin('GET', `/api/classifications/${job.jobId}`)).body.code).toBe('job_not_found');
  expect(await api.bed.store.jobs.findById(job.jobId).lean<JobDocument>()).toBeNull();
});
