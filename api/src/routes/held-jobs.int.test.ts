import { noteHolds, type LaneHold } from '@understudy/shared/store/lane-holds/note-holds';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { startTestApi, type TestApi } from '../testing/test-api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
  const configuration = { model: 'm' };
  for (const name of ['main', 'spare', 'gone']) {
    const body = { name, type: 'openai', apiKey: 'sk-12345678', configuration, enabled: name === 'spare' };
    await api.admin('POST', '/api/providers', { body });
  }
  await api.context.watcher.refresh();
});
afterAll(() => api.close());

const PATH = '/api/classifications';
const JOB = { text: 'My card was charged twice', labels: ['billing', 'bug'] };
const submit = async (body: object) => (await api.admin('POST', PATH, { body: { ...JOB, ...body } })).body;
const read = async (id: string) => (await api.admin('GET', `${PATH}/${id}`)).body;
const hold = (priority: number, route: string, change: Partial<LaneHold> = {}) =>
  noteHolds(
    api.bed.store,
    [
      {
        priority,
        client: 'default',
        route,
        reason: 'no_provider_available',
        byLimit: false,
        nextTryAt: null,
        ...change,
      },
    ],
    new Date(),
  );
const off = (name: string) => ({
  provider: expect.objectContaining({ name, model: 'm' }),
  reason: 'disabled',
  until: null,
});

it('says who is switched off or deleted of those that a job in line names, and that nobody knows until when', async () => {
  await hold(5, 'only:main,gone');
  const { id, passedOver } = await submit({ providers: ['main', 'gone'] });
  expect(passedOver).toEqual([off('main'), off('gone')]);
  expect((await api.admin('DELETE', '/api/providers/gone')).status).toBe(204);
  await api.context.watcher.refresh();
  const job = await read(id);
  expect(job.passedOver).toEqual([off('main'), off('gone')]);
  expect(job.deferred).toEqual({ reason: 'no_provider_available', nextTryAt: job.deadlineAt });
});

it('names those that are on only where one is off', async () => {
  expect((await submit({ providers: ['spare'] })).passedOver).toEqual([]);
  expect((await submit({ providers: ['spare', 'main'] })).passedOver).toEqual([off('main')]);
  expect((await submit({})).passedOver).toEqual([]);
});

it('shows in a list and among the results of a batch what the job itself shows, by one read for all lanes', async () => {
  const nextTryAt = new Date(Date.now() + 40_000);
  await hold(7, 'any-or-local', { reason: 'rate_limited', nextTryAt });
  await hold(8, 'only:main');
  const defaults = { labels: JOB.labels };
  const items = [
    { text: 'a', priority: 7 },
    { text: 'b', priority: 8, providers: ['main'] },
  ];
  const batch = await api.admin('POST', `${PATH}/batch`, { body: { defaults, items } });
  const results = await api.admin('GET', `/api/batches/${batch.body.id}/results`);
  const lines = results.text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).job);

  const reads = vi.spyOn(api.context.store.laneHolds, 'find');
  const { body } = await api.admin('GET', `${PATH}?batchId=${batch.body.id}&include=text,attempts`);
  expect(reads).toHaveBeenCalledOnce();
  expect(body.data).toHaveLength(2);
  for (const row of body.data) {
    const { labels, ...job } = await read(row.id);
    expect(row).toEqual({ ...job, attemptCount: 0 });
    expect(lines).toContainEqual({ ...job, labels });
  }
  expect(body.data[1].deferred).toEqual({ reason: 'rate_limited', nextTryAt: nextTryAt.toISOString() });
  expect(body.data[0].passedOver).toEqual([off('main')]);
});

it('asks the ledger for no holds where nothing of a page is in line', async () => {
  const { id } = await submit({ priority: 1 });
  await api.admin('POST', `${PATH}/${id}/cancel`);
  const reads = vi.spyOn(api.context.store.laneHolds, 'find');
  await api.admin('GET', `${PATH}?state=cancelled`);
  expect(reads).not.toHaveBeenCalled();
});
