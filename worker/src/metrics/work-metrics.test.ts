import { Registry } from 'prom-client';
import { expect, it } from 'vitest';
import { FAULT_KINDS } from '@understudy/shared/contracts/fault';
import { buildJob } from '@understudy/shared/testing/builders';
import { readSample } from '@understudy/shared/testing/operations/read-sample';
import type { Dispatch } from '../dispatch/dispatch.ts';
import { createWorkMetrics } from './work-metrics.ts';

const LEASE_MS = 6_000;
const ACCEPTED_MS = 1_000_000;

function setup(...names: string[]) {
  const listed = new Set(names);
  const metrics = createWorkMetrics(() => [...listed]);
  const registry = new Registry();
  for (const metric of metrics.metrics) registry.registerMetric(metric);
  return { ...metrics, listed, scrape: () => registry.metrics() };
}

const reference = (name: string) => ({ id: `prv_${name}`, name, type: 'openai' as const, model: 'm' });
const attempt = (
  name: string,
  end: { outcome: 'succeeded' | 'failed' | 'aborted'; fault?: 'network' | 'silent' },
) => ({
  provider: reference(name),
  purpose: 'job' as const,
  durationMs: 200,
  fault: end.fault ?? null,
  outcome: end.outcome,
});
const claimedAt = (startedMs: number, claimedMs = startedMs) =>
  buildJob({
    createdAt: new Date(ACCEPTED_MS),
    startedAt: new Date(startedMs),
    claim: { token: 't', workerId: 'w', leaseUntil: new Date(claimedMs + LEASE_MS) },
  });

it('measures the wait to the first claim, and none that comes later', async () => {
  const { noteClaim, scrape } = setup();
  noteClaim(claimedAt(ACCEPTED_MS + 700));
  noteClaim(claimedAt(ACCEPTED_MS + 700, ACCEPTED_MS + 9_000));
  // Clocks differ.
  noteClaim(claimedAt(ACCEPTED_MS - 5));
  const text = await scrape();
  expect(readSample(text, 'understudy_job_wait_seconds_count')).toBe(2);
  expect(readSample(text, 'understudy_job_wait_seconds_sum')).toBe(0.7);
});

it('begins with 0 for everything that may happen at a provider', async () => {
  const { scrape } = setup('main');
  const text = await scrape();
  for (const fault of FAULT_KINDS) {
    expect(readSample(text, 'understudy_attempts_total', { provider: 'main', fault })).toBe(0);
    expect(readSample(text, 'understudy_failovers_total', { provider: 'main', fault })).toBe(0);
  }
  expect(readSample(text, 'understudy_attempt_duration_seconds_count', { provider: 'main' })).toBe(0);
});

it('counts attempts by provider, outcome and fault, and how long those took that ended by themselves', async () => {
  const { noteAttempt, scrape } = setup('main', 'spare');
  noteAttempt(attempt('main', { outcome: 'failed', fault: 'network' }));
  noteAttempt(attempt('main', { outcome: 'aborted', fault: 'silent' }));
  noteAttempt(attempt('spare', { outcome: 'succeeded' }));
  const text = await scrape();
  const count = (labels: Record<string, string>) => readSample(text, 'understudy_attempts_total', labels);
  expect(count({ provider: 'main', outcome: 'failed', fault: 'network' })).toBe(1);
  expect(count({ provider: 'main', outcome: 'aborted', fault: 'silent' })).toBe(1);
  expect(count({ provider: 'spare', outcome: 'succeeded', fault: 'none' })).toBe(1);
  expect(count({ provider: 'main', outcome: 'succeeded' })).toBe(0);
  expect(readSample(text, 'understudy_attempt_duration_seconds_sum', { provider: 'main' })).toBe(0.2);
});

it('counts the calls of jobs only, and not those of tests and checks', async () => {
  const { noteAttempt, scrape } = setup('main');
  const answered = attempt('main', { outcome: 'succeeded' });
  for (const purpose of ['job', 'test', 'health'] as const) noteAttempt({ ...answered, purpose });
  const text = await scrape();
  const labels = { provider: 'main', outcome: 'succeeded' };
  expect(readSample(text, 'understudy_attempts_total', labels)).toBe(1);
  expect(readSample(text, 'understudy_attempt_duration_seconds_count', { provider: 'main' })).toBe(1);
});

it('has no series of a provider that is gone, also where one of its calls ends later', async () => {
  const { noteAttempt, listed, scrape } = setup('main');
  noteAttempt(attempt('main', { outcome: 'succeeded' }));
  expect(await scrape()).toContain('provider="main"');
  listed.delete('main');
  expect(await scrape()).not.toContain('provider="main"');
  noteAttempt(attempt('main', { outcome: 'succeeded' }));
  expect(await scrape()).not.toContain('provider="main"');
  listed.add('main');
  expect(readSample(await scrape(), 'understudy_attempts_total', { outcome: 'succeeded' })).toBe(0);
});

it('counts switches by their reason, and not those of drills', async () => {
  const { noteFailover, scrape } = setup('main', 'spare');
  const failover = {
    from: reference('main'),
    to: reference('spare'),
    fault: 'timeout' as const,
    switchMs: 2_500,
  };
  noteFailover({ ...failover, drill: false });
  noteFailover({ ...failover, drill: true });
  noteFailover({ ...failover, to: null, drill: false });
  const text = await scrape();
  const count = (outcome: string) =>
    readSample(text, 'understudy_failovers_total', { provider: 'main', fault: 'timeout', outcome });
  expect([count('switched'), count('nobody_left')]).toEqual([1, 1]);
  expect(readSample(text, 'understudy_failover_switch_seconds_sum')).toBe(2.5);
  expect(readSample(text, 'understudy_failover_switch_seconds_count')).toBe(1);
});

it('times a dispatch by how it ended', async () => {
  const { measure, scrape } = setup();
  const report = { end: { kind: 'lost' as const }, passedOver: [], rejectedBy: [], attempts: [] };
  const dispatch: Dispatch = async () => report;
  expect(await measure(dispatch)({} as never)).toBe(report);
  expect(readSample(await scrape(), 'understudy_dispatch_duration_seconds_count', { outcome: 'lost' })).toBe(
    1,
  );
});
