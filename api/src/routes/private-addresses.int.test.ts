import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestApi, type TestApi } from '../testing/test-api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi({ config: { UNDERSTUDY_PRIVATE_HOSTS: ['10.0.0.0/8', 'ollama.internal:11434'] } });
});
afterAll(() => api.close());

const toProvider = (name: string, baseUrl: string) => ({
  name,
  type: 'openai-compatible',
  baseUrl,
  configuration: { model: 'm' },
});
const REFUSED = {
  status: 422,
  body: { code: 'validation_failed', errors: [{ pointer: '/baseUrl', code: 'not_callable' }] },
};

it.each([
  'http://127.0.0.1:11434/v1',
  'http://2130706433/v1',
  'http://[::ffff:127.0.0.1]/v1',
  'http://169.254.169.254/v1',
  'http://localhost:11434/v1',
  'http://localhost.:11434/v1',
])('refuses a provider at %s, new or changed', async (baseUrl) => {
  expect(await api.admin('POST', '/api/providers', { body: toProvider('private', baseUrl) })).toMatchObject(
    REFUSED,
  );
  const { body: made } = await api.admin('POST', '/api/providers', {
    body: toProvider('public', 'https://llm.example.com/v1'),
  });
  const path = `/api/providers/${made.id}`;
  expect(await api.admin('PUT', path, { body: toProvider('public', baseUrl) })).toMatchObject(REFUSED);
  expect(await api.admin('PATCH', path, { body: { baseUrl } })).toMatchObject(REFUSED);
  expect((await api.admin('GET', path)).body.baseUrl).toBe('https://llm.example.com/v1');
  await api.admin('DELETE', path);
});

it.each(['http://10.1.2.3:8000/v1', 'http://ollama.internal:11434/v1'])(
  'takes %s, which is named',
  async (baseUrl) => {
    const { status, body } = await api.admin('POST', '/api/providers', {
      body: toProvider('local-llm', baseUrl),
    });
    expect(status).toBe(201);
    await api.admin('DELETE', `/api/providers/${body.id}`);
  },
);
