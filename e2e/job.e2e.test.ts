import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { createClient, type Client } from '../shared/src/client/client.ts';
import type { NewClassification } from '../shared/src/client/classifications.ts';
import { eventually } from '../shared/src/testing/eventually.ts';
import { startFakeAnthropic } from '../shared/src/testing/fake-vendors/anthropic/server.ts';
import type { FakeVendor } from '../shared/src/testing/fake-vendors/fake-vendor.ts';
import { startFakeOpenAi } from '../shared/src/testing/fake-vendors/openai/server.ts';
import { dumpRedis } from './support/dump-stores.ts';
import { prefer } from './support/prefer.ts';
import { removeData, startProduct, type Product } from './support/product.ts';

const OPENAI_KEY = 'sk-canary-openai-0123456789';
const ANTHROPIC_KEY = 'sk-ant-canary-0123456789';
const TEXT = 'Canary text: there is a bug in the billing of my account';
const LABELS = ['praise', 'bug', 'billing'];
/** As people have it for other tools: a vendor here refuses every key but its provider's. */
const HEADERS_OF_OTHERS = 'Authorization: Bearer sk-of-others\nX-Api-Key: sk-of-others';
/** Records go by the clock of the day, switches by one that is never set. */
const CLOCKS_MS = 50;

let product: Product;
let client: Client;
let openai: FakeVendor;
let anthropic: FakeVendor;

async function addVendors() {
  const configuration = { model: 'gpt-4o-mini', timeoutMs: 60_000 };
  await client.providers.create({
    name: 'main',
    type: 'openai',
    apiKey: OPENAI_KEY,
    baseUrl: openai.url,
    priority: 1,
    configuration,
  });
  await client.providers.create({
    name: 'spare',
    type: 'anthropic',
    apiKey: ANTHROPIC_KEY,
    baseUrl: anthropic.url,
    priority: 2,
    configuration: { ...configuration, model: 'claude-haiku-4-5' },
  });
}

const submit = (job: Partial<NewClassification> = {}) =>
  client.classifications.submit({ text: TEXT, labels: LABELS, ...job });
const finish = async (job: Partial<NewClassification> = {}) =>
  client.classifications.wait((await submit(job)).id, { timeoutMs: 30_000 });

beforeAll(async () => {
  openai = await startFakeOpenAi({ apiKey: OPENAI_KEY, models: ['gpt-4o-mini'], answer: prefer('bug') });
  anthropic = await startFakeAnthropic({
    apiKey: ANTHROPIC_KEY,
    models: ['claude-haiku-4-5'],
    answer: prefer('billing'),
  });
  const env = { OPENAI_CUSTOM_HEADERS: HEADERS_OF_OTHERS, ANTHROPIC_CUSTOM_HEADERS: HEADERS_OF_OTHERS };
  product = await startProduct({ env: { UNDERSTUDY_PRIVATE_HOSTS: '127.0.0.1', ...env } });
  client = createClient({ baseUrl: product.url, token: product.adminToken });
});
afterAll(async () => {
  await product.stop();
  await openai.stop();
  await anthropic.stop();
  removeData(product.dataDir);
});
afterEach(() => {
  openai.recover();
  anthropic.recover();
});

it('answers on a fresh installation with no account anywhere', async () => {
  const job = await finish();
  expect(job).toMatchObject({
    state: 'succeeded',
    degraded: true,
    provider: { type: 'local' },
    usage: { costUsd: 0 },
  });
  expect(LABELS).toContain(job.result?.label);
});

it('takes a new provider into use without a restart, first in order of priority', async () => {
  await addVendors();
  const job = await eventually(async () => {
    const answered = await finish();
    return answered.provider?.name === 'main' && answered;
  });
  expect(job).toMatchObject({
    result: { label: 'bug' },
    degraded: false,
    provider: { name: 'main', model: 'gpt-4o-mini' },
    usage: { pricing: 'priced' },
    attempts: [{ number: 1, outcome: 'succeeded' }],
  });
  expect(job.usage.costUsd).toBeGreaterThan(0);
  // The second may be known a moment after the first.
  expect((await finish({ providers: ['spare'] })).provider?.name).toBe('spare');
});

// Before any vendor fails here: five minutes of real calls count in what a check finds.
it('checks every provider by itself, in time and without spending', async () => {
  await client.config.update({ healthCheck: { intervalMs: 2_000 } });
  await eventually(
    async () => {
      const { data } = await client.providers.health();
      expect(data.map(({ status }) => status)).toEqual(['healthy', 'healthy', 'healthy']);
      return true;
    },
    { timeoutMs: 20_000 },
  );
  expect(openai.requests.some(({ path }) => path.endsWith('/models'))).toBe(true);
});

it('answers from the next provider when the first one fails, with attempts and switch on record', async () => {
  openai.breakDown({ kind: 'status', status: 500 });
  const job = await finish();
  expect(job).toMatchObject({
    state: 'succeeded',
    result: { label: 'billing' },
    provider: { name: 'spare' },
  });
  const outcomes = job.attempts.map(({ provider, outcome, fault }) => [provider.name, outcome, fault]);
  expect(outcomes[0]).toEqual(['main', 'failed', 'server_error']);
  expect(outcomes.at(-1)).toEqual(['spare', 'succeeded', null]);
  // They are written beside the dispatch.
  const data = await eventually(async () => {
    const { data } = await client.failovers.list({ jobId: job.id });
    return data.length > 0 && data;
  });
  expect(data).toMatchObject([{ from: { name: 'main' }, to: { name: 'spare' }, fault: 'server_error' }]);
  // From the first call to the last: no shorter than the calls before that one, no longer than the whole.
  const calledMs = job.attempts.slice(0, -1).reduce((sum, { durationMs }) => sum + (durationMs ?? 0), 0);
  const wholeMs = Date.parse(job.finishedAt ?? '') - Date.parse(job.attempts[0]?.startedAt ?? '');
  expect(data[0]?.switchMs).toBeGreaterThan(calledMs - CLOCKS_MS);
  expect(data[0]?.switchMs).toBeLessThan(wholeMs + CLOCKS_MS);
});

it('puts a job off while nobody can answer, and answers it when somebody can again', async () => {
  openai.breakDown({ kind: 'reset' });
  anthropic.breakDown({ kind: 'status', status: 529 });
  const { id } = await submit({ allowDegraded: false });
  await eventually(async () => (await client.classifications.get(id)).state === 'deferred');
  const waiting = await client.classifications.get(id);
  expect(waiting.deferred).toMatchObject({ reason: 'no_provider_available' });
  openai.recover();
  anthropic.recover();
  expect(await client.classifications.wait(id, { timeoutMs: 50_000 })).toMatchObject({ state: 'succeeded' });
});

it('says what a provider cost by the hour', async () => {
  const { totals } = await eventually(async () => {
    const usage = await client.providers.usage('main');
    return usage.totals.successCount > 0 && usage.totals.errorCount > 0 && usage;
  });
  expect(totals.totalCostUsd).toBeGreaterThan(0);
  expect(totals.p95Ms).toBeGreaterThanOrEqual(totals.p50Ms ?? Number.POSITIVE_INFINITY);
});

it('tests a provider in words, apart from real traffic', async () => {
  expect(await client.providers.test('main')).toMatchObject({ ok: true, fault: null });
  openai.breakDown({ kind: 'status', status: 401 });
  expect(await client.providers.test('main')).toMatchObject({ ok: false, fault: 'unauthenticated' });
});

it('sorts real questions for the demo, from the command line', () => {
  const main = fileURLToPath(new URL('../shared/src/demo/main.ts', import.meta.url));
  const args = [main, '--limit', '40', '--provider', 'local'];
  const env = { PATH: process.env['PATH'], UNDERSTUDY_DATA_DIR: product.dataDir };
  const { status, stdout } = spawnSync(process.execPath, args, { env, encoding: 'utf8' });
  expect(stdout).toMatch(/answered +40 of 40/);
  expect(stdout).toMatch(/accuracy +[4-9]\d\.\d %/);
  expect(status).toBe(0);
});

it('keeps texts and keys out of Redis, out of the board and out of every log line', async () => {
  openai.respondAlways({ kind: 'delay', ms: 300 });
  await Promise.all(Array.from({ length: 80 }, () => submit({ providers: ['main'] })));
  const dump = await dumpRedis(product.runtime().redisUrl);
  const board = await (
    await product.call('/admin/queues/api/queues?activeQueue=classify&status=latest')
  ).text();
  const secrets = ['Canary text', OPENAI_KEY, ANTHROPIC_KEY];
  expect(dump).toContain('job_');
  expect(board).toContain('classify');
  for (const secret of secrets) {
    expect(dump).not.toContain(secret);
    expect(board).not.toContain(secret);
    expect(product.log()).not.toContain(secret);
  }
});
