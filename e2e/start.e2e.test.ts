import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { lockFile } from '../shared/src/embedded/folder/file-lock.ts';
import { isRunning } from '../shared/src/embedded/processes/process-info.ts';
import { eventually } from '../shared/src/testing/eventually.ts';
import { attemptStart, makeDataDir, removeData, startProduct, type Product } from './support/product.ts';

/** A data folder that lives as long as its test. */
function setup() {
  const dataDir = makeDataDir();
  onTestFinished(() => removeData(dataDir));
  return { dataDir };
}

async function submit(product: Product): Promise<string> {
  const body = JSON.stringify({ text: 'My card was charged twice', labels: ['billing', 'bug'] });
  const headers = { 'idempotency-key': 'the-same' };
  const response = await product.call('/api/classifications', { method: 'POST', headers, body });
  const job = (await response.json()) as { id: string };
  expect(job).toMatchObject({ id: expect.stringMatching(/^job_/) });
  return job.id;
}

const running = (pids: number[]) => pids.filter(isRunning);

/** Whether anything runs in a data folder besides its supervisor, by the lock of what ends it. */
function isGuarded(dataDir: string): boolean {
  const lock = lockFile(path.join(dataDir, 'guardian.lock'));
  lock?.release();
  return lock === null;
}

/** Ends a product by a signal; gives how, and which of its processes are left. */
async function end(product: Product, signal: NodeJS.Signals) {
  const pids = Object.values(product.runtime().processes);
  const { code } = await product.stop(signal);
  return { code, left: running(pids) };
}

describe('a start that cannot be', () => {
  test('names every fault of the configuration at once', async () => {
    const env = { PORT: 'x', WORKER_CONCURRENCY: '0', UNDERSTUDY_MASTER_KEYS: 'secret-but-wrong' };
    const { code, log } = await attemptStart({ ...setup(), env });

    expect(code).toBe(1);
    for (const name of Object.keys(env)) expect(log).toMatch(new RegExp(`- ${name} must`));
    expect(log).not.toContain('secret-but-wrong');
    expect(log).not.toContain('    at ');
  });

  test('names a taken port and how to choose another', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void taken.close());
    await eventually(() => taken.listening);
    const { port } = taken.address() as AddressInfo;
    const { code, log } = await attemptStart({ ...setup(), env: { PORT: String(port) } });

    expect(code).toBe(1);
    expect(log).toContain(`Port ${port} of 127.0.0.1 is taken`);
    expect(log).toContain(`PORT=${port + 1} npm start`);
  });

  test('names the master keys that a folder has lost', async () => {
    const { dataDir } = setup();
    writeFileSync(path.join(dataDir, 'store-password'), 'of-an-earlier-start\n');
    const { code, log } = await attemptStart({ dataDir });

    expect(code).toBe(1);
    expect(log).toContain(`${path.join(dataDir, 'master-keys')} is missing`);
    expect(log).not.toContain('    at ');
  });

  test('says which store cannot be reached, and leaves nothing running', async () => {
    const env = { MONGODB_URI: 'mongodb://user:secret-word@127.0.0.1:1/understudy' };
    const { dataDir } = setup();
    const { code, log } = await attemptStart({ dataDir, env });

    expect(code).toBe(1);
    expect(log).toContain('MongoDB at 127.0.0.1:1 cannot be used (see MONGODB_URI)');
    expect(log).not.toContain('secret-word');
    // Else there was nothing to leave.
    expect(existsSync(path.join(dataDir, 'redis', 'redis.log'))).toBe(true);
    expect(isGuarded(dataDir)).toBe(false);
  });
});

describe('a running product', () => {
  let product: Product;
  beforeAll(async () => {
    product = await startProduct();
  });
  afterAll(async () => {
    await product.stop();
    removeData(product.dataDir);
  });

  test('has all its processes, and says where to go', async () => {
    expect(Object.keys(product.runtime().processes).toSorted()).toEqual([
      'api',
      'mongod',
      'redis',
      'scheduler',
      'supervisor',
      'worker',
    ]);
    expect(product.loginLink).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/login#[\w-]{43}$/);
    expect((await fetch(new URL('/readyz', product.url))).status).toBe(200);
  });

  test.for(['api', 'worker', 'scheduler'])('says where its %s tells what it measures', async (name) => {
    const url = product.runtime().metricsUrls[name] ?? '';
    expect(product.log()).toContain(`${url} (${name})`);
    expect((await fetch(url)).status).toBe(401);
    const reply = await fetch(url, { headers: { authorization: `Bearer ${product.adminToken}` } });
    expect(await reply.text()).toMatch(new RegExp(`^understudy_build_info\\{[^}]*role="${name}"`, 'm'));
  });

  test('keeps its secrets from other users', () => {
    const mode = (name: string) => (statSync(path.join(product.dataDir, name)).mode & 0o777).toString(8);
    const files = ['admin-token', 'master-keys', 'store-password', 'runtime.json'];
    expect([mode('.'), ...files.map(mode)]).toEqual(['700', '600', '600', '600', '600']);
    expect(readFileSync(path.join(product.dataDir, 'admin-token'), 'utf8')).toMatch(/^ust_[\w-]{43}\n$/);
  });

  test('holds its folder against a second start', async () => {
    const { code, log } = await attemptStart({ dataDir: product.dataDir });

    expect(code).toBe(1);
    expect(log).toMatch(new RegExp(`held by process ${product.pid} since \\d{4}-`));
    expect(running(Object.values(product.runtime().processes))).toHaveLength(6);
    expect(isGuarded(product.dataDir)).toBe(true);
  });

  test.for(['worker', 'scheduler', 'redis', 'mongod', 'api'])('starts a killed %s again', async (name) => {
    const killed = product.kill(name);

    await eventually(() => product.runtime().processes[name] !== killed);
    await eventually(async () => (await fetch(new URL('/readyz', product.url))).ok);
    expect(product.log()).toContain(`${name} ended (killed by SIGKILL); starting it again in`);
  });

  test('ends every process on SIGINT', async () => {
    expect(await end(product, 'SIGINT')).toEqual({ code: 0, left: [] });
  });
});

describe('the end', () => {
  test('the end of npm, whose signals do not reach it, ends every process', async () => {
    const { dataDir } = setup();
    const product = await startProduct({ dataDir, underShell: true });
    const pids = Object.values(product.runtime().processes);

    await product.stop('SIGKILL');
    await eventually(() => running(pids).length === 0);
    expect(product.log()).toContain('Stopping (npm is gone)');
  });

  test('a start right after a kill -9 waits until no process is left, has all the data, and ends', async () => {
    const { dataDir } = setup();
    const killed = await startProduct({ dataDir });
    const id = await submit(killed);
    const pids = Object.values(killed.runtime().processes);
    await killed.stop('SIGKILL');

    const next = await startProduct({ dataDir });
    onTestFinished(async () => void (await next.stop()));
    expect(running(pids)).toEqual([]);
    expect(next.adminToken).toBe(killed.adminToken);
    expect((await next.call(`/api/classifications/${id}`)).status).toBe(200);
    expect(await submit(next)).toBe(id);
    expect(await end(next, 'SIGTERM')).toEqual({ code: 0, left: [] });
  });
});
