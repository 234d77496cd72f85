import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestApi, type TestApi } from './testing/test-api.ts';

let folder: string;
let api: TestApi;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'understudy-console-'));
  await mkdir(join(folder, 'assets'));
  await writeFile(join(folder, 'index.html'), '<!doctype html><title>Understudy</title>');
  await writeFile(join(folder, 'favicon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
  await writeFile(join(folder, 'assets', 'index-abc123.js'), 'export {};');
  api = await startTestApi({ consoleFolder: folder });
});
afterAll(async () => {
  await api.close();
  await rm(folder, { recursive: true });
});

const get = (path: string) => api.anonymous('GET', path, { headers: { Accept: 'text/html' } });

it.each(['/', '/login', '/login?code=x', '/advanced/providers/prv_1', '/index.html'])(
  'answers %s with the page, under a strict policy',
  async (path) => {
    const { status, text, headers } = await get(path);
    expect(status).toBe(200);
    expect(text).toContain('<title>Understudy</title>');
    expect(headers.get('Cache-Control')).toBe('no-cache');
    const policy = headers.get('Content-Security-Policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain('unsafe');
  },
);

it('lets hashed files be kept for ever, and others be asked for again', async () => {
  const script = await get('/assets/index-abc123.js');
  expect(script.headers.get('Cache-Control')).toBe('public, max-age=31536000, immutable');
  expect(script.headers.get('Content-Type')).toContain('javascript');
  expect(script.headers.get('X-Content-Type-Options')).toBe('nosniff');
  expect((await get('/favicon.svg')).headers.get('Cache-Control')).toBe('no-cache');
});

it.each(['/assets/index-gone.js', '/assets/', '/assets/..%2f..%2fpackage.json', '/%00', '/%ZZ'])(
  'has nothing at %s',
  async (path) => {
    const { status, text } = await get(path);
    expect(status).toBe(404);
    expect(text).not.toContain('understudy/');
  },
);

it.each(['/', '/favicon.svg', '/assets/index-abc123.js'])('gives %s whole or not at all', async (path) => {
  const ask = (headers: Record<string, string>) => api.anonymous('GET', path, { headers });
  const whole = await ask({});
  const etag = whole.headers.get('ETag') ?? '';
  expect(whole.headers.get('Accept-Ranges')).toBeNull();
  for (const headers of [{ Range: 'bytes=9999-' }, { Range: 'bytes=0-1' }, { 'If-Match': etag }]) {
    expect(await ask(headers)).toMatchObject({ status: 200, text: whole.text });
  }
  for (const headers of [{ 'If-Match': '"1"' }, { 'If-Unmodified-Since': new Date(0).toUTCString() }]) {
    expect((await ask(headers)).body).toMatchObject({ status: 412, code: 'stale' });
  }
});

it('takes no other method', async () => {
  expect((await api.anonymous('POST', '/login', { body: {} })).status).toBe(404);
});

it('says how to build the console where it is not', async () => {
  const bare = await startTestApi({ consoleFolder: join(folder, 'nowhere') });
  try {
    const { status, text } = await bare.anonymous('GET', '/');
    expect(status).toBe(503);
    expect(text).toContain('npm run build');
  } finally {
    await bare.close();
  }
});
