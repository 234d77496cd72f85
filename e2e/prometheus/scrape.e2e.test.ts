import { afterAll, beforeAll, expect, it } from 'vitest';
import { createClient, type Client } from '../../shared/src/client/client.ts';
import { eventually } from '../../shared/src/testing/eventually.ts';
import type { FakeVendor } from '../../shared/src/testing/fake-vendors/fake-vendor.ts';
import { startFakeOpenAi } from '../../shared/src/testing/fake-vendors/openai/server.ts';
import { listQueries, readDashboard } from '../../shared/src/testing/operations/dashboard.ts';
import { readRules } from '../../shared/src/testing/operations/rules.ts';
import { removeData, startProduct, type Product } from '../support/product.ts';
import { startPrometheus, type PrometheusServer } from './prometheus-server.ts';

const METRICS_TOKEN = 'scrape-me-0123456789';
const SLOW = { timeoutMs: 150_000, everyMs: 500 };
const MODELS = { models: ['fake-model'] };
const JOB = { text: 'My card was charged twice', labels: ['card charged', 'exchange rate'] };
/** Of what went wrong, where nothing need have. */
const MAY_BE_EMPTY = /store_operation_failures|provider_flagged/;

let product: Product;
let vendors: Record<'main' | 'spare', FakeVendor>;
let client: Client;
let prometheus: PrometheusServer;
beforeAll(async () => {
  const [main, spare] = await Promise.all([startFakeOpenAi(MODELS), startFakeOpenAi(MODELS)]);
  vendors = { main, spare };
  product = await startProduct({ env: { METRICS_TOKEN, UNDERSTUDY_PRIVATE_HOSTS: '127.0.0.1' } });
  client = createClient({ baseUrl: product.url, token: product.adminToken });
  await client.config.update({ availabilityTargetMs: 1_000 });
  for (const [index, name] of (['main', 'spare'] as const).entries()) {
    const price = { inputUsdPerMillion: 1, outputUsdPerMillion: 1 };
    const configuration = { model: 'fake-model', price, monthlyBudgetUsd: 100 };
    const type = 'openai-compatible';
    await client.providers.create({ name, type, baseUrl: vendors[name].url, priority: index, configuration });
  }
  const { metricsUrls } = product.runtime();
  prometheus = await startPrometheus({ metricsUrls, metricsToken: METRICS_TOKEN });
});
afterAll(async () => {
  await prometheus?.stop();
  await product?.stop();
  await Promise.all(Object.values(vendors ?? {}).map((vendor) => vendor.stop()));
  if (product) removeData(product.dataDir);
});

/** Submits so many jobs that may go to any provider, and waits for their ends. */
async function run(count: number) {
  const jobs = await Promise.all(Array.from({ length: count }, () => client.classifications.submit(JOB)));
  return Promise.all(jobs.map(({ id }) => client.classifications.wait(id, { timeoutMs: 60_000 })));
}
const stateOf = async (alert: string) => {
  const rules = await prometheus.rules();
  return rules.find(({ name }) => name === alert)?.state;
};
const readNumber = async (expr: string) => Number((await prometheus.query(expr))[0]?.value[1]);

it('is let in by every process, and evaluates every rule', async () => {
  const rulesThere = readRules().groups.flatMap(({ rules }) => rules);
  await eventually(async () => {
    const targets = await prometheus.targets();
    expect(targets.map(({ health, scrapePool }) => `${scrapePool} ${health}`).toSorted()).toEqual([
      'understudy-api up',
      'understudy-scheduler up',
      'understudy-worker up',
    ]);
    const rules = await prometheus.rules();
    expect(rules.filter(({ health }) => health !== 'ok')).toEqual([]);
    expect(rules).toHaveLength(rulesThere.length);
  }, SLOW);
});

it('counts what was done as it was done', async () => {
  const jobs = await run(10);
  const calls = jobs.flatMap(({ attempts }) => attempts).filter(({ outcome }) => outcome === 'succeeded');
  await eventually(async () => {
    expect(await readNumber('sum(understudy_attempts_total{outcome="succeeded"})')).toBe(calls.length);
    expect(await readNumber('sum(understudy_job_wait_seconds_count)')).toBe(10);
    expect(await readNumber('max(understudy_jobs_ended_total{state="succeeded"})')).toBe(10);
    expect(await readNumber('sum(understudy_availability_jobs_total)')).toBe(10);
    expect(await readNumber('max(understudy_provider_budget_spent_usd{provider="main"})')).toBeGreaterThan(0);
    expect(await readNumber('max(understudy_provider_health{provider="main",status="healthy"})')).toBe(1);
  }, SLOW);
  for (const alert of ['UnderstudyProcessDown', 'UnderstudyNoWorkers', 'UnderstudyCircuitOpen']) {
    await eventually(async () => expect(await stateOf(alert)).toBe('inactive'), SLOW);
  }
});

it('raises an alert for a provider that breaks, and fills the dashboard meanwhile', async () => {
  vendors.main.breakDown({ kind: 'status', status: 503 });
  const ended = await run(20);
  expect(ended.map(({ state, provider }) => `${state} ${provider?.name}`)).toEqual(
    ended.map(() => 'succeeded spare'),
  );
  await eventually(
    async () => expect(await stateOf('UnderstudyCircuitOpen')).toMatch(/pending|firing/),
    SLOW,
  );
  const [alert] = await prometheus.query('ALERTS{alertname="UnderstudyCircuitOpen"}');
  expect(alert?.metric).toMatchObject({ provider: 'main', severity: 'ticket' });

  const mustHaveData = listQueries(readDashboard()).filter(({ expr }) => !MAY_BE_EMPTY.test(expr));
  expect(mustHaveData.length).toBeGreaterThan(30);
  await eventually(async () => {
    const results = await Promise.all(mustHaveData.map(({ expr }) => prometheus.query(expr)));
    const empty = mustHaveData.filter((_, index) => results[index]?.length === 0);
    expect(empty).toEqual([]);
  }, SLOW);
  const rest = listQueries(readDashboard()).filter(({ expr }) => MAY_BE_EMPTY.test(expr));
  await Promise.all(rest.map(({ expr }) => prometheus.query(expr)));
});

it('names no job, client or token, and no provider that is gone', async () => {
  const scrapeAll = async () => {
    const headers = { authorization: `Bearer ${METRICS_TOKEN}` };
    const urls = Object.values(product.runtime().metricsUrls);
    const replies = await Promise.all(urls.map((url) => fetch(url, { headers })));
    return (await Promise.all(replies.map((reply) => reply.text()))).join('');
  };
  const text = await scrapeAll();
  expect(text).toContain('provider="main"');
  expect(text).not.toMatch(/\b(job|prv|tok|att|clf)_|client=|default/);
  await client.providers.remove('main');
  await eventually(async () => expect(await scrapeAll()).not.toContain('provider="main"'), SLOW);
});
