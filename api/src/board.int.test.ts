import { QUEUES } from '@understudy/shared/jobs/catalog';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestApi, type TestApi } from './testing/test-api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());

const BOARD = '/admin/queues';
const html = { Accept: 'text/html,application/xhtml+xml' };

it('leads a browser that is not signed in to the login, and refuses everybody else', async () => {
  const led = await api.anonymous('GET', BOARD, { headers: html });
  expect(led.status).toBe(302);
  expect(led.headers.get('Location')).toBe('/login?next=%2Fadmin%2Fqueues');
  for (const path of [BOARD, `${BOARD}/api/queues`, `${BOARD}/static/js/main.js`]) {
    expect((await api.anonymous('GET', path)).body).toMatchObject({ status: 401, code: 'unauthenticated' });
  }
});

it('is for administrators', async () => {
  const operator = await api.as({ scopes: ['providers:write', 'jobs:write'] });
  expect((await operator('GET', BOARD, { headers: html })).body).toMatchObject({
    status: 403,
    code: 'forbidden',
  });
});

it('opens for an administrator’s session, and loads nothing from elsewhere', async () => {
  const { token } = await api.as({ scopes: ['admin'] });
  const signedIn = await api.anonymous('POST', '/api/session', { body: { token } });
  const Cookie = signedIn.headers.get('Set-Cookie')?.split(';')[0] ?? '';
  const page = await api.anonymous('GET', BOARD, { headers: { Cookie, ...html } });
  expect(page.status).toBe(200);
  expect(page.text).toContain('Understudy queues');
  expect(page.text).not.toMatch(/(href|src)="https?:/);
  expect(page.headers.get('Content-Security-Policy')).toContain("script-src 'self';");
  for (const [, file] of page.text.matchAll(/(?:src|href)="(static\/[^"]+)"/g)) {
    expect((await api.anonymous('GET', `${BOARD}/${file}`, { headers: { Cookie } })).status).toBe(200);
  }
});

it('says of a part that a file has not, and of a file that is another by now, what is wrong', async () => {
  const page = await api.admin('GET', BOARD, { headers: html });
  const [file] = /static\/[^"]+\.js/.exec(page.text) ?? [];
  const ask = async (headers: Record<string, string>) => {
    const { body } = await api.admin('GET', `${BOARD}/${file}`, { headers });
    return `${body.status} ${body.code}`;
  };
  expect(await ask({ Range: 'bytes=999999999-' })).toBe('400 malformed_request');
  expect(await ask({ 'If-Match': '"1"' })).toBe('412 stale');
});

it('shows every queue of ours, read-only, and a job without its text', async () => {
  const { body: job } = await api.admin('POST', '/api/classifications', {
    body: { text: 'a very private text', labels: ['a', 'b'] },
  });
  // As a feeder would, of which there is none here.
  await api.context.producer.addClassifications([{ jobId: job.id, generation: 1, priority: job.priority }]);
  const queues = await api.admin('GET', `${BOARD}/api/queues`);
  expect(queues.body.queues.map(({ name }: { name: string }) => name).toSorted()).toEqual(
    [...QUEUES].toSorted(),
  );
  expect(queues.body.queues.every((queue: { readOnlyMode: boolean }) => queue.readOnlyMode)).toBe(true);
  const shown = await api.admin('GET', `${BOARD}/api/queues/classify/${job.id}.1`);
  expect(shown.status).toBe(200);
  expect(shown.text).toContain(job.id);
  expect(shown.text).not.toContain('private');
});

it.each([
  ['PUT', '/api/queues/pause'],
  ['PUT', '/api/queues/classify/pause'],
  ['PUT', '/api/queues/classify/empty'],
  ['PUT', '/api/queues/classify/obliterate'],
  ['POST', '/api/queues/classify/add'],
  ['PATCH', '/api/queues/classify/x/update-data'],
  ['DELETE', '/api/queues/classify'],
])('refuses %s %s', async (method, path) => {
  const { status } = await api.admin(method, BOARD + path, { body: {} });
  expect(status).toBe(405);
  expect(await api.context.producer.queues.classify.isPaused()).toBe(false);
});
