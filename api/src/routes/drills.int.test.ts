import { publishEvents } from '@understudy/shared/events/events';
import { finishInteractive, startInteractive } from '@understudy/shared/store/interactive/interactive';
import { buildAttempt, buildAttemptEnd } from '@understudy/shared/testing/builders';
import { eventually } from '@understudy/shared/testing/eventually';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi } from '../testing/test-api.ts';

let api: TestApi;
let sickId: string;
beforeAll(async () => {
  api = await startTestApi();
  const body = {
    name: 'sick',
    type: 'openai-compatible',
    baseUrl: 'http://127.0.0.1:2/v1',
    configuration: { model: 'm' },
  };
  sickId = (await api.admin('POST', '/api/providers', { body })).body.id;
});
afterAll(() => api.close());
beforeEach(async () => {
  await api.bed.store.interactive.deleteMany({});
  for (const queue of Object.values(api.context.producer.queues)) await queue.obliterate({ force: true });
});

const PATH = '/api/providers/failover';
const drill = (body: object, path = PATH) => api.admin('POST', path, { body });

/** Does what a worker would: takes the request, and answers `finding`. Gives what was asked of it. */
async function answer(finding: object) {
  const [job] = await eventually(async () => {
    const jobs = await api.context.producer.queues.interactive.getWaiting();
    return jobs.length === 1 && jobs;
  });
  const requestId: string = job?.data.requestId;
  const request = await startInteractive(api.bed.store, requestId);
  const provider = { id: sickId, name: 'sick', type: 'openai-compatible' as const, model: 'm' };
  const end = buildAttemptEnd({ outcome: 'failed', fault: 'silent' });
  const attempt = buildAttempt({
    jobId: requestId,
    purpose: 'drill',
    provider,
    ...end,
    settledAt: new Date(),
  });
  await api.bed.store.attempts.create(attempt);
  await finishInteractive(api.bed.store, requestId, finding);
  await publishEvents(api.bed.redis, api.bed.prefix, [{ type: 'interactive.finished', id: requestId }]);
  return { name: job?.name, payload: job?.data, input: request?.input };
}

const ran = {
  kind: 'ran',
  ok: true,
  switched: true,
  switchMs: 2_500,
  totalMs: 2_700,
  servedBy: { id: 'prv_1', name: 'other', type: 'openai', model: 'm' },
};

describe.each([PATH, '/api/ai/failover'])('POST %s', (path) => {
  it('gives the time-line and the verdict of what a worker found', async () => {
    const drilling = drill({ providerId: 'SICK', fault: 'silent', text: 'x', labels: ['a', 'b'] }, path);
    const asked = await answer(ran);
    expect(asked).toMatchObject({
      name: 'interactive.failover-drill',
      input: { providerId: sickId, fault: 'silent', text: 'x', labels: ['a', 'b'] },
    });
    expect(Object.keys(asked.payload)).toEqual(['requestId']);
    const { status, body } = await drilling;
    const { kind: _kind, ...found } = ran;
    expect({ status, body }).toEqual({
      status: 200,
      body: {
        ...found,
        attempts: [expect.objectContaining({ number: 1, outcome: 'failed', fault: 'silent' })],
        verdict: { target: 5_000, met: true },
      },
    });
  });
});

it.each([
  ['took too long', { ...ran, switchMs: 5_000 }],
  ['got no answer', { ...ran, ok: false, servedBy: null }],
  ['never switched', { ...ran, switched: false, switchMs: null }],
])('does not meet the target where it %s', async (_, finding) => {
  const drilling = drill({ providerId: sickId, fault: 'silent' });
  await answer(finding);
  expect((await drilling).body.verdict).toEqual({ target: 5_000, met: false });
});

it('has a text and labels of its own, and is on the audit log without them', async () => {
  const drilling = drill({ providerId: sickId, fault: 'network' });
  const { input } = await answer(ran);
  await drilling;
  expect(input).toMatchObject({ text: expect.any(String), labels: expect.any(Array) });
  const row = await api.bed.store.audit.findOne({ action: 'provider.drilled' }).sort({ _id: -1 }).lean();
  expect(row).toMatchObject({ target: { id: sickId }, before: null, after: { fault: 'network' } });
  expect(JSON.stringify(row)).not.toContain(input?.text);
});

it('answers 409 where nobody could take over', async () => {
  const drilling = drill({ providerId: sickId, fault: 'silent' });
  await answer({ kind: 'no_other_provider' });
  expect(await drilling).toMatchObject({ status: 409, body: { code: 'no_other_provider' } });
});

it('answers 503 where no worker is there, and leaves nothing for one that comes later', async () => {
  expect(await drill({ providerId: sickId, fault: 'silent' })).toMatchObject({
    status: 503,
    body: { code: 'no_worker' },
  });
  expect(await api.bed.store.interactive.countDocuments()).toBe(0);
});

it.each([
  [{ providerId: 'nobody', fault: 'silent' }, 404, 'provider_not_found', undefined],
  [{ providerId: 'local', fault: 'silent' }, 422, 'validation_failed', '/providerId'],
  [{ providerId: 'sick', fault: 'overloaded' }, 422, 'validation_failed', '/fault'],
  [{ providerId: 'sick', fault: 'silent', labels: ['one'] }, 422, 'validation_failed', '/labels'],
  [{ providerId: 'sick', fault: 'silent', text: '' }, 422, 'validation_failed', '/text'],
  [{ fault: 'silent' }, 422, 'validation_failed', '/providerId'],
  [{ providerId: 'sick', fault: 'silent', more: 1 }, 422, 'validation_failed', '/more'],
])('refuses %j', async (body, status, code, pointer) => {
  const reply = await drill(body);
  expect({ status: reply.status, code: reply.body.code }).toEqual({ status, code });
  expect(reply.body.errors?.[0]?.pointer).toBe(pointer);
});
