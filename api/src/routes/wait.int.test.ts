import { createId } from '@understudy/shared/ids';
import { publishEvents } from '@understudy/shared/events/events';
import { eventually } from '@understudy/shared/testing/eventually';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi } from '../testing/test-api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());

const PATH = '/api/classifications';
const JOB = { text: 'My card was charged twice', labels: ['billing', 'bug'] };
const submit = (body: object, headers: Record<string, string> = {}) =>
  api.admin('POST', PATH, { body, headers });

/** What a worker does: the end of a job in the ledger, then its event. */
async function finish(jobId: string, { tell }: { tell: boolean }) {
  await api.bed.store.jobs.updateOne(
    { _id: jobId },
    {
      state: 'succeeded',
      finishedAt: new Date(),
      result: { label: 'billing', labels: [{ name: 'billing', confidence: 0.9 }], rationale: null },
    },
  );
  if (tell) await tellEnd(jobId);
}

async function tellEnd(jobId: string) {
  const about = { id: jobId, client: 'default', batchId: null, provider: null, degraded: false };
  const event = { type: 'job.updated', state: 'succeeded', finishedAt: null, ...about } as const;
  await publishEvents(api.bed.redis, api.bed.prefix, [event]);
}

describe('Prefer: wait', () => {
  it('holds the reply until the job is finished', async () => {
    const text = createId('evt');
    const waiting = submit({ ...JOB, text }, { Prefer: 'respond-async, wait=100' });
    const id = await eventually(
      async () => (await api.bed.store.jobs.findOne({ text }).lean())?._id ?? false,
    );
    await finish(id, { tell: true });
    const reply = await waiting;
    expect(reply.status).toBe(200);
    expect(reply.body).toMatchObject({ id, state: 'succeeded', result: { label: 'billing' } });
    expect(reply.headers.get('Preference-Applied')).toBe('wait=60');
  });

  it('notices an end whose event was lost', async () => {
    const { body } = await submit(JOB);
    const waiting = api.admin('GET', `${PATH}/${body.id}`, { headers: { Prefer: 'wait=60' } });
    await finish(body.id, { tell: false });
    expect((await waiting).body.state).toBe('succeeded');
  });

  it('waits on where an event tells late of an end, since which the job was tried again', async () => {
    const { body } = await submit(JOB);
    const waiting = api.admin('GET', `${PATH}/${body.id}`, { headers: { Prefer: 'wait=60' } });
    // Many, so that some come while it waits.
    for (let told = 0; told < 50; told += 1) await tellEnd(body.id);
    await finish(body.id, { tell: true });
    expect((await waiting).body.state).toBe('succeeded');
  });

  it('answers what there is when the time is up', async () => {
    const posted = await submit(JOB, { Prefer: 'wait=1' });
    expect(posted.status).toBe(202);
    const got = await api.admin('GET', `${PATH}/${posted.body.id}`, { headers: { Prefer: 'wait="1"' } });
    expect(got.status).toBe(200);
    expect(got.body.state).toBe('queued');
    expect(got.headers.get('Preference-Applied')).toBe('wait=1');
  });

  it.each(['wait=0', 'wait=soon', 'wait', 'wait=-1', ''])('ignores %j', async (Prefer) => {
    const reply = await submit(JOB, { Prefer });
    expect(reply.status).toBe(202);
    expect(reply.headers.get('Preference-Applied')).toBeNull();
  });
});
