import { createServer, type AddressInfo } from 'node:net';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from '../../shared/src/testing/eventually.ts';
import { startFakeCollector, type FakeCollector } from '../../shared/src/testing/fake-collector.ts';
import type { AppProcess } from '../support/app-process.ts';
import { startFleet, type Fleet } from '../support/fleet.ts';

const REPORT = pathToFileURL(`${import.meta.dirname}/report-modules.mjs`).href;
const watched = { NODE_OPTIONS: `--import=${REPORT}` };
const JOBS = 20;
/** A process that drains must be gone by then. */
const DRAIN_MS = 15_000;

let fleet: Fleet;
let collector: FakeCollector;
beforeAll(async () => {
  collector = await startFakeCollector();
  fleet = await startFleet({ apis: 1, workers: 1, env: watched });
});
afterAll(async () => {
  await fleet.close();
  await collector.stop();
});

const loads = (app: AppProcess) => app.lines().filter((line) => line.startsWith('loads '));
const warnings = (app: AppProcess) =>
  app.lines().filter((line) => line.includes('the collector takes no spans'));
const body = { text: 'My card was charged twice', labels: ['billing', 'bug'] };

async function runJobs(url: string) {
  const headers = {
    authorization: `Bearer ${fleet.token}`,
    'content-type': 'application/json',
    prefer: 'wait=30',
    traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
  };
  const ask = async () => {
    const response = await fetch(`${url}/api/classifications`, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    });
    return (await response.json()) as { id: string; state: string };
  };
  return Promise.all(Array.from({ length: JOBS }, ask));
}

/** A pair of processes whose spans go to this address, in place of those that take no traces. */
async function startTraced(endpoint: string) {
  const env = { ...watched, OTEL_EXPORTER_OTLP_ENDPOINT: endpoint };
  const [api, worker] = [await fleet.create('api', env), await fleet.create('worker', env)];
  await Promise.all([api.app.start(), worker.app.start()]);
  return { url: api.url, apps: [api.app, worker.app] };
}

it('loads nothing of OpenTelemetry, and keeps no trace, where no endpoint is set', async () => {
  const jobs = await runJobs(fleet.urls[0]!);
  expect(jobs.map(({ state }) => state)).toEqual(jobs.map(() => 'succeeded'));
  for (const app of [...fleet.apis, ...fleet.workers, fleet.scheduler]) expect(loads(app)).toEqual([]);
  expect(await fleet.store.jobs.countDocuments({ trace: { $exists: true } })).toBe(0);

  const { url, apps } = await startTraced(collector.url);
  for (const app of apps) {
    expect(loads(app).join()).toMatch(/bullmq-otel/);
    expect(loads(app).join()).toMatch(/sdk-trace/);
  }
  await runJobs(url);
  expect(await fleet.store.jobs.countDocuments({ trace: { $exists: true } })).toBe(JOBS);
  for (const app of apps) await app.stop();
  for (const worker of fleet.workers) await worker.stop();
});

it('goes on where the collector is away, says so once, and ends in time', async () => {
  const closed = createServer().listen(0, '127.0.0.1');
  await eventually(() => closed.listening);
  const { port } = closed.address() as AddressInfo;
  await new Promise((resolve) => closed.close(resolve));
  const { url, apps } = await startTraced(`http://127.0.0.1:${port}`);
  for (let round = 0; round < 3; round += 1) {
    const jobs = await runJobs(url);
    expect(jobs.map(({ state }) => state)).toEqual(jobs.map(() => 'succeeded'));
  }
  await eventually(() => apps.every((app) => warnings(app).length > 0), { timeoutMs: 30_000 });
  await runJobs(url);
  for (const app of apps) {
    const { code, ms } = await app.stop();
    expect(code).toBe(0);
    expect(ms).toBeLessThan(DRAIN_MS);
    expect(warnings(app)).toHaveLength(1);
  }
});

it('goes on where the collector is silent, says so once, and ends in time', async () => {
  collector.hang(true);
  const { url, apps } = await startTraced(collector.url);
  const jobs = await runJobs(url);
  expect(jobs.map(({ state }) => state)).toEqual(jobs.map(() => 'succeeded'));
  await eventually(() => apps.every((app) => warnings(app).length > 0), { timeoutMs: 30_000 });
  collector.hang(false);
  await runJobs(url);
  await eventually(
    () => apps.every((app) => app.lines().some((line) => line.includes('the collector takes spans again'))),
    { timeoutMs: 30_000 },
  );
  collector.hang(true);
  await runJobs(url);
  for (const app of apps) {
    const { code, ms } = await app.stop();
    expect(code).toBe(0);
    expect(ms).toBeLessThan(DRAIN_MS);
    expect(warnings(app)).toHaveLength(1);
  }
});
