import { publishEvents } from '@understudy/shared/events/events';
import { finishInteractive, startInteractive } from '@understudy/shared/store/interactive/interactive';
import { eventually } from '@understudy/shared/testing/eventually';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi } from '../testing/test-api.ts';

let api: TestApi;
let providerId: string;
beforeAll(async () => {
  api = await startTestApi();
  providerId = (await api.admin('GET', '/api/providers/local')).body.id;
});
afterAll(() => api.close());
beforeEach(async () => {
  await api.bed.store.interactive.deleteMany({});
  for (const queue of Object.values(api.context.producer.queues)) await queue.obliterate({ force: true });
});

/** What waits in a queue, as a worker would find it. */
async function takeJobs(queue: 'interactive' | 'health-check', count: number) {
  return eventually(async () => {
    const jobs = await api.context.producer.queues[queue].getWaiting();
    return jobs.length === count ? jobs : false;
  });
}

describe('POST …/test', () => {
  const result = {
    ok: true,
    latencyMs: 12,
    models: ['m'],
    fault: null,
    message: null,
    costUsd: 0,
    pricing: 'free',
    sample: { label: 'a', confidence: 1 },
  };
  const test = (id = 'local') => api.admin('POST', `/api/providers/${id}/test`);

  it('answers what the worker found', async () => {
    const testing = test();
    const [job] = await takeJobs('interactive', 1);
    const requestId: string = job?.data.requestId;
    expect(job?.name).toBe('interactive.provider-test');
    expect((await startInteractive(api.bed.store, requestId))?.input).toEqual({
      providerId,
      limitMs: expect.any(Number),
    });
    await finishInteractive(api.bed.store, requestId, result);
    await publishEvents(api.bed.redis, api.bed.prefix, [{ type: 'interactive.finished', id: requestId }]);
    const { status, body } = await testing;
    expect(status).toBe(200);
    expect(body).toEqual(result);
  });

  it('says that no worker is there, and leaves nothing for one that comes later', async () => {
    const { status, body, headers } = await test();
    expect({ status, code: body.code }).toEqual({ status: 503, code: 'no_worker' });
    expect(headers.get('Retry-After')).not.toBeNull();
    expect(await api.bed.store.interactive.countDocuments()).toBe(0);
  });

  it('calls it a timeout where a worker has begun and is not done', async () => {
    const testing = test();
    const [job] = await takeJobs('interactive', 1);
    await startInteractive(api.bed.store, job?.data.requestId);
    expect((await testing).body).toMatchObject({ ok: false, fault: 'timeout' });
  });

  it('knows no provider that is not there', async () => {
    expect((await test('nobody')).body.code).toBe('provider_not_found');
  });
});

describe('POST /api/providers/health-check', () => {
  const check = (body?: object, headers = {}) =>
    api.admin('POST', '/api/providers/health-check', { ...(body ? { body } : {}), headers });
  const settle = (_id: string) =>
    api.bed.store.healthChecks.create({
      _id,
      providerId,
      at: new Date(),
      found: 'degraded',
      status: 'healthy',
      deep: false,
      responseTimeMs: 9,
    });

  it('queues one check for each enabled provider where none is named', async () => {
    const { status, body } = await check();
    expect(status).toBe(202);
    expect(body.jobs).toEqual([{ providerId, jobId: expect.stringMatching(/^chk_/) }]);
    const [job] = await takeJobs('health-check', 1);
    expect(job?.data).toEqual({ providerId, checkId: body.jobs[0].jobId, deep: false });
  });

  it('waits on the interactive queue for the results', async () => {
    const checking = check({ providerIds: ['LOCAL', providerId], deep: true }, { Prefer: 'wait=10' });
    const [job] = await takeJobs('interactive', 1);
    const checkId: string = job?.data.checkId;
    expect(job).toMatchObject({ name: 'interactive.health-check', data: { deep: true } });
    await settle(checkId);
    const { status, body } = await checking;
    expect(status).toBe(200);
    expect(body.results).toEqual([{ providerId, status: 'degraded', responseTimeMs: 9, errorMessage: null }]);
  });

  it('answers 202 where a short wait is over first, and 503 where no worker is there', async () => {
    const [short, long] = await Promise.all([
      check({}, { Prefer: 'wait=1' }),
      check({}, { Prefer: 'wait=30' }),
    ]);
    expect(short).toMatchObject({ status: 202, body: { results: [] } });
    expect(long).toMatchObject({ status: 503, body: { code: 'no_worker' } });
  });

  it('refuses a provider that is not there', async () => {
    const { body } = await check({ providerIds: ['local', 'nobody'] });
    expect(body).toMatchObject({
      status: 422,
      code: 'unknown_provider',
      errors: [{ pointer: '/providerIds/1' }],
    });
  });
});

describe('GET health and usage', () => {
  it('tells of every provider, at both paths', async () => {
    for (const path of ['health', 'status']) {
      const { status, body } = await api.admin('GET', `/api/providers/${path}`);
      expect(status).toBe(200);
      expect(body.data).toMatchObject([{ provider: { id: providerId, name: 'local' }, circuit: 'closed' }]);
      expect(body.summary).toEqual({ healthy: 0, degraded: 0, down: 0, unknown: 1 });
    }
  });

  it('tells of every provider in slots where that is asked for', async () => {
    const { body } = await api.admin('GET', '/api/providers/health?slots=true');
    expect(body.data[0].slots).toHaveLength(90);
    expect((await api.admin('GET', '/api/providers/health')).body.data[0]).not.toHaveProperty('slots');
    expect((await api.admin('GET', '/api/providers/health?slots=yes')).status).toBe(422);
  });

  it('tells of one by id or name, in a range', async () => {
    const range = 'from=2026-01-01&to=2026-01-02T00:00:00Z';
    for (const id of ['LOCAL', providerId]) {
      const health = await api.admin('GET', `/api/providers/${id}/health?${range}`);
      expect(health.body).toMatchObject({ provider: { id: providerId }, history: [] });
      expect(health.body.slots[0].from).toBe('2026-01-01T00:00:00.000Z');
      const usage = await api.admin('GET', `/api/providers/${id}/usage?${range}&interval=day`);
      expect(usage.body.totals.requestCount).toBe(0);
    }
  });

  it.each([
    'health?from=2026-01-02&to=2026-01-01',
    'health?from=x',
    'usage?interval=minute',
    'usage?limit=1',
  ])('refuses %s', async (path) => {
    expect((await api.admin('GET', `/api/providers/local/${path}`)).status).toBe(422);
  });
});
