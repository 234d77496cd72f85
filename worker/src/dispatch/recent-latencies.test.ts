import { expect, it } from 'vitest';
import { createFakeClock } from '../testing/fake-clock.ts';
import { createRecentLatencies } from './recent-latencies.ts';

const provider = { id: 'prv_1', name: 'main', type: 'openai' as const, model: 'm' };

function setup() {
  const clock = createFakeClock();
  const latencies = createRecentLatencies(clock);
  const answered = (durationMs: number) => latencies.add({ provider, outcome: 'succeeded', durationMs });
  return { clock, latencies, answered, read: () => latencies.read('prv_1') };
}

it('gives the nearest ranks of the answers, and of nothing else', () => {
  const { latencies, answered, read } = setup();
  for (let durationMs = 100; durationMs >= 1; durationMs -= 1) answered(durationMs);
  latencies.add({ provider, outcome: 'failed', durationMs: 9_999 });
  expect(read()).toEqual({ count: 100, medianMs: 50, p95Ms: 95, p99Ms: 99 });
});

it('keeps the latest hundred', () => {
  const { answered, read } = setup();
  for (let call = 0; call < 100; call += 1) answered(5_000);
  for (let call = 0; call < 100; call += 1) answered(10);
  expect(read()).toEqual({ count: 100, medianMs: 10, p95Ms: 10, p99Ms: 10 });
});

it('forgets answers of over ten minutes ago', () => {
  const { clock, answered, read } = setup();
  answered(10);
  clock.advance(600_001);
  expect(read()).toEqual({ count: 0, medianMs: 0, p95Ms: 0, p99Ms: 0 });
});
