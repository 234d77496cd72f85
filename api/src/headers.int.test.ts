import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi } from './testing/test-api.ts';

let folder: string;
let api: TestApi;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'understudy-console-'));
  await mkdir(join(folder, 'assets'));
  await writeFile(join(folder, 'index.html'), '<!doctype html><title>Understudy</title>');
  await writeFile(join(folder, 'assets', 'index-abc123.js'), 'export {};');
  api = await startTestApi({ consoleFolder: folder });
});
afterAll(async () => {
  await api.close();
  await rm(folder, { recursive: true });
});

const nothing = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const docs = `${nothing}; style-src 'self'; img-src 'self'`;
const loaded = "img-src 'self' data:; font-src 'self'; connect-src 'self'";
const page =
  "default-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; " +
  `script-src 'self'; style-src 'self'; ${loaded}; manifest-src 'self'`;
const board =
  "default-src 'none'; base-uri 'self'; form-action 'none'; frame-ancestors 'none'; " +
  `script-src 'self'; style-src 'self' 'unsafe-inline'; ${loaded}`;
const forEver = 'public, max-age=31536000, immutable';

/** Surface, method, path, status, policy, Cache-Control. */
const SURFACES = [
  ['a reply', 'GET', '/api/session', 200, nothing, 'no-store'],
  ['an accepted job', 'POST', '/api/classifications', 202, nothing, 'no-store'],
  ['a problem of a row', 'GET', '/api/classifications/job_x', 404, nothing, 'no-store'],
  ['an unknown path', 'GET', '/api/nonsense', 404, nothing, 'no-store'],
  ['a wrong method', 'PATCH', '/api/session', 405, nothing, 'no-store'],
  ['a path that is no text', 'GET', '/%ZZ', 404, nothing, 'no-store'],
  ['OPTIONS', 'OPTIONS', '/api/session', 204, nothing, null],
  ['the document', 'GET', '/api/openapi.json', 200, nothing, 'no-store'],
  ['the docs', 'GET', '/api/docs', 200, docs, 'no-store'],
  ['their style', 'GET', '/api/docs.css', 200, nothing, 'no-store'],
  ['metrics', 'GET', '/metrics', 200, nothing, 'no-store'],
  ['liveness', 'GET', '/healthz', 200, nothing, 'no-store'],
  ['the console', 'GET', '/', 200, page, 'no-cache'],
  ['a page of the console', 'GET', '/advanced/providers', 200, page, 'no-cache'],
  ['a hashed file', 'GET', '/assets/index-abc123.js', 200, page, forEver],
  ['a file that is not there', 'GET', '/assets/gone.js', 404, page, 'no-store'],
  ['Bull Board', 'GET', '/admin/queues', 200, board, 'no-store'],
  ['Bull Board’s data', 'GET', '/admin/queues/api/queues', 200, board, 'no-store'],
  ['Bull Board, changed', 'PUT', '/admin/queues/api/queues/pause', 405, board, 'no-store'],
] as const;

describe.each(SURFACES)('%s', (_, method, path, status, policy, cache) => {
  const ask = () => {
    const body = method === 'POST' ? { body: { text: 'x', labels: ['a', 'b'] } } : {};
    return api.admin(method, path, { ...body, headers: { Accept: 'text/html, application/json' } });
  };

  it('is sent with strict headers', async () => {
    const reply = await ask();
    expect(reply.status).toBe(status);
    const { headers } = reply;
    expect(headers.get('Content-Security-Policy')).toBe(policy);
    expect(headers.get('X-Content-Type-Options')).toBe('nosniff');
    expect(headers.get('X-Frame-Options')).toBe('DENY');
    expect(headers.get('Referrer-Policy')).toBe('same-origin');
    expect(headers.get('Cross-Origin-Opener-Policy')).toBe('same-origin');
    expect(headers.get('Cross-Origin-Resource-Policy')).toBe('same-origin');
    expect(headers.get('Cache-Control')).toBe(cache);
    expect(headers.get('X-Request-Id')).toMatch(/^[0-9a-f-]{36}$/);
    for (const name of ['X-Powered-By', 'Server', 'Strict-Transport-Security', 'Access-Control-Allow-Origin'])
      expect(headers.get(name)).toBeNull();
  });

  it('loads nothing from elsewhere', async () => {
    const { text, headers } = await ask();
    if (!headers.get('Content-Type')?.includes('html')) return;
    expect(text).not.toMatch(/(?:src|href|action)\s*=\s*["']?(?:https?:)?\/\//i);
    expect(text).not.toMatch(/@import|url\(\s*["']?(?:https?:)?\/\//i);
  });
});

it('asks for https on every surface where the service is on https, and nowhere else', async () => {
  const secure = await startTestApi({
    consoleFolder: folder,
    config: { PUBLIC_URL: 'https://understudy.example.com' },
  });
  try {
    for (const path of [
      '/api/session',
      '/api/nonsense',
      '/api/docs',
      '/',
      '/assets/gone.js',
      '/admin/queues',
    ]) {
      const { headers } = await secure.admin('GET', path, { headers: { Accept: 'text/html' } });
      expect(headers.get('Strict-Transport-Security')).toBe('max-age=31536000; includeSubDomains');
    }
  } finally {
    await secure.close();
  }
});
