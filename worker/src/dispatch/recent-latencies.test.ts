import { expect, it } from 'vitest';
import { createFakeClock } from '../testing/fake-clock.ts';
import { createRecentLatencies } from './recent-latencies.ts';

const provider = { id: 'prv_1', name: 'main', type: 'openai' as const, model: 'm' };

function setup() {
  const clock = createFakeClock();
  const latencies = createRecentLatencies(clock);
  const add = (attempt: Partial<Parameters<typeof latencies.add>[0]>) =>
    latencies.add({ provider, purpose: 'job', outcome: 'succeeded', ...attempt });
  const answered = (durationMs: number, times = 1) => {
    for (let call = 0; call < times; call += 1) add({ durationMs });
  };
  const cut = (durationMs: number, times = 1) => {
    for (let call = 0; call < times; call += 1) add({ outcome: 'failed', fault: 'silent', durationMs });
  };
  return { clock, add, answered, cut, read: () => latencies.read('prv_1') };
}

it('gives the nearest ranks of the answers, and of nothing else', () => {
  const { add, answered, read } = setup();
  for (let durationMs = 100; durationMs >= 1; durationMs -= 1) answered(durationMs);
  add({ outcome: 'failed', fault: 'server_error', durationMs: 9_999 });
  expect(read()).toEqual({ count: 100, medianMs: 50, p95Ms: 95, p99Ms: 99 });
});

it('keeps the latest hundred', () => {
  const { answered, read } = setup();
  answered(5_000, 100);
  answered(10, 100);
  expect(read()).toEqual({ count: 100, medianMs: 10, p95Ms: 10, p99Ms: 10 });
});

it('forgets answers of over ten minutes ago', () => {
  const { clock, answered, read } = setup();
  answered(10);
  clock.advance(600_001);
  expect(read()).toEqual({ count: 0, medianMs: 0, p95Ms: 0, p99Ms: 0 });
});

it.each(['test', 'drill', 'health'] as const)('learns nothing from a tiny text (%s)', (purpose) => {
  const { add, answered, read } = setup();
  answered(2_000, 20);
  for (let call = 0; call < 50; call += 1) add({ purpose, durationMs: 1 });
  expect(read()).toMatchObject({ count: 20, p95Ms: 2_000 });
});

it('takes calls that were ended for longer than they ran, once the provider has answered since', () => {
  const { add, answered, cut, read } = setup();
  answered(300, 90);
  cut(600, 5);
  add({ outcome: 'aborted', fault: 'silent', durationMs: 700 });
  // It may be silent for good.
  expect(read()).toEqual({ count: 90, medianMs: 300, p95Ms: 300, p99Ms: 300 });
  answered(900);
  expect(read()).toEqual({ count: 91, medianMs: 300, p95Ms: 600, p99Ms: 900 });
});

it('takes nothing from a call that was ended before most answers come', () => {
  const { answered, cut, read } = setup();
  answered(2_000, 50);
  cut(300, 50);
  answered(2_000);
  expect(read()).toEqual({ count: 51, medianMs: 2_000, p95Ms: 2_000, p99Ms: 2_000 });
});

it('does not forget its answers over a long silence', () => {
  const { answered, cut, read } = setup();
  answered(100, 100);
  cut(250, 500);
  expect(read().count).toBe(90);
});
