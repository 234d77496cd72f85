import { spawn, type ChildProcess } from 'node:child_process';
import { createServer, type AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { createTestBed, type TestBed } from '@understudy/shared/testing/test-bed';
import { eventually } from '@understudy/shared/testing/eventually';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { createCaller } from './testing/caller.ts';

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));
const TOKEN = 'ust_only-for-the-tests-of-the-process';

let bed: TestBed;
const children: ChildProcess[] = [];
beforeAll(async () => {
  bed = await createTestBed();
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});
afterAll(() => bed.close());

function start(env: Record<string, string>) {
  const { NODE_COMPILE_CACHE } = process.env;
  const child = spawn(process.execPath, [MAIN], {
    env: { NODE_COMPILE_CACHE, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  const printed = { out: '', err: '' };
  child.stdout.on('data', (chunk) => (printed.out += chunk));
  child.stderr.on('data', (chunk) => (printed.err += chunk));
  const exit = new Promise<number | null>((resolve) => child.once('close', resolve));
  return { child, printed, exit };
}
const toEnv = () => ({
  MONGODB_URI: bed.mongodbUri,
  REDIS_URL: bed.redisUrl,
  UNDERSTUDY_MASTER_KEYS: `1:${bed.masterKeys[0].key.toString('base64')}`,
  UNDERSTUDY_BOOTSTRAP_TOKEN: TOKEN,
  PORT: '0',
});

it('starts, answers, logs no text and no key, and ends with 0 on SIGTERM', async () => {
  const { child, printed, exit } = start({ ...toEnv(), LOG_LEVEL: 'trace' });
  const port = await eventually(() => /"port":(\d+),"msg":"the api runs"/.exec(printed.out)?.[1] ?? false);
  const call = createCaller(`http://127.0.0.1:${port}`, TOKEN);
  const text = 'a very private text';
  const query = 'metadata.name=private-value';
  const provider = { name: 'p', type: 'openai', apiKey: 'sk-private-key-123', configuration: { model: 'm' } };
  expect((await call('POST', '/api/classifications', { body: { text, labels: ['a', 'b'] } })).status).toBe(
    202,
  );
  expect(
    (await call('POST', '/api/classifications', { body: { text, labels: ['private label'] } })).status,
  ).toBe(422);
  expect((await call('GET', `/api/classifications?${query}`)).status).toBe(200);
  expect((await call('POST', '/api/providers', { body: provider })).status).toBe(201);
  expect((await call('GET', '/api/private-path')).status).toBe(404);

  const waiting = call('POST', '/api/classifications', {
    body: { text, labels: ['a', 'b'] },
    headers: { Prefer: 'wait=60' },
  });
  await eventually(async () => (await bed.store.jobs.countDocuments({ text })) === 2);
  child.kill('SIGTERM');
  expect((await waiting).status).toBe(202);
  expect(await exit).toBe(0);
  expect(printed.err).toBe('');
  expect(printed.out).not.toContain('private');
  expect(printed.out).not.toContain(TOKEN);
  expect(printed.out).toContain('"route":"/api/classifications","status":202');
});

it('names every fault of its configuration at once, and no value', async () => {
  const { printed, exit } = start({ PORT: 'many', UNDERSTUDY_MASTER_KEYS: '1:c2VjcmV0' });
  expect(await exit).toBe(1);
  for (const name of ['MONGODB_URI', 'REDIS_URL', 'PORT', 'UNDERSTUDY_MASTER_KEYS'])
    expect(printed.err).toContain(`  - ${name} `);
  expect(printed.err).not.toContain('c2VjcmV0');
});

it('says that its address is taken', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { printed, exit } = start({ ...toEnv(), PORT: String((server.address() as AddressInfo).port) });
  expect(await exit).toBe(1);
  expect(printed.err).toContain('PORT');
  expect(printed.err).not.toContain('at ');
  server.close();
});

it('says that the ledger cannot be reached, without its password', async () => {
  const { printed, exit } = start({ ...toEnv(), MONGODB_URI: 'mongodb://u:hidden@127.0.0.1:9/understudy' });
  expect(await exit).toBe(1);
  expect(printed.out).toContain('127.0.0.1:9');
  expect(printed.out + printed.err).not.toContain('hidden');
});

it('says what to do on a ledger that a newer version migrated', async () => {
  await bed.store.migrations.create({ _id: 999, name: 'of-tomorrow', appliedAt: new Date() });
  const { printed, exit } = start(toEnv());
  expect(await exit).toBe(1);
  expect(printed.err).toMatch(
    /^The API did not start\. The ledger was migrated by a newer version .* Use the newer/,
  );
});
