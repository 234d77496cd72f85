import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestApi, type TestApi } from '../testing/test-api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());

const PATH = '/api/providers';
const JOB = { text: 'My card was charged twice', labels: ['billing', 'bug'] };
const create = (name: string) =>
  api.admin('POST', PATH, {
    body: { name, type: 'openai', apiKey: 'sk-12345678', configuration: { model: 'm' } },
  });
const patch = (name: string, body: object) => api.admin('PATCH', `${PATH}/${name}`, { body });
const submit = (provider: string) =>
  api.admin('POST', '/api/classifications', { body: { ...JOB, providers: [provider] } });
const readOff = async (id: string) => {
  await api.context.watcher.refresh();
  const { body } = await api.admin('GET', `/api/classifications/${id}`);
  return body.passedOver.map(({ provider }: { provider: { id: string; name: string } }) => provider.name);
};
const readFormer = async (id: string) => (await api.bed.store.providers.findById(id).lean())?.formerNames;

it('says of a job in line that names a provider by a former name that it is off or deleted', async () => {
  await create('main');
  const { body: job } = await submit('main');
  await patch('main', { name: 'main-eu' });
  expect(await readOff(job.id)).toEqual([]);
  await patch('main-eu', { enabled: false });
  expect(await readOff(job.id)).toEqual(['main-eu']);
  await api.admin('DELETE', `${PATH}/main-eu`);
  expect(await readOff(job.id)).toEqual(['main-eu']);
});

it('leaves a former name to whoever takes it, by being made or renamed', async () => {
  const { body: first } = await create('first');
  const { body: job } = await submit('FIRST');
  await patch('first', { name: 'was-first', enabled: false });
  expect(await readOff(job.id)).toEqual(['was-first']);
  const { body: second } = await create('First');
  expect(await readOff(job.id)).toEqual([]);
  await patch('first', { name: 'second' });
  expect([await readFormer(first.id), await readFormer(second.id)]).toEqual([[], ['first']]);
  await patch('was-first', { name: 'first' });
  expect([await readFormer(first.id), await readFormer(second.id)]).toEqual([['was-first'], []]);
  expect(await readOff(job.id)).toEqual(['first']);
});

it('is found, and named by new jobs, by its present name only; no reply and no audit row tells the others', async () => {
  await create('old');
  const { text } = await patch('old', { name: 'new' });
  expect((await api.admin('GET', `${PATH}/old`)).body.code).toBe('provider_not_found');
  expect((await submit('old')).body.code).toBe('unknown_provider');
  expect((await submit('new')).status).toBe(202);
  const shown = [text, (await api.admin('GET', PATH)).text, (await api.admin('GET', '/api/audit')).text];
  expect(shown.join()).not.toContain('formerNames');
});
