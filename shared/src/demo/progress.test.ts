import { expect, it } from 'vitest';
import type { Classification } from '../contracts/classification.ts';
import { toHold, toRest } from './progress.ts';

const provider = { id: 'prv_1', name: 'main', type: 'openai', model: 'm' } as const;
const waiting = (job: Partial<Classification>) => ({ deferred: null, passedOver: [], ...job });

it('knows how long it takes only once something was answered', () => {
  expect(toRest({ done: 0, etaS: 0, hold: null })).toBe('nobody knows how long yet');
  expect(toRest({ done: 1, etaS: 0, hold: null })).toBe('0s to go');
  expect(toRest({ done: 5, etaS: 90, hold: null })).toBe('1m30s to go');
});

it('says what holds the jobs instead, and at whom', () => {
  const deferred = { reason: 'no_provider_available', nextTryAt: '2026-03-01T12:00:00.000Z' } as const;
  const hold = toHold(waiting({ deferred, passedOver: [{ provider, reason: 'circuit_open', until: null }] }));
  expect(toRest({ done: 5, etaS: 90, hold })).toBe('waiting: no provider available (main: circuit open)');
  expect(toHold(waiting({ deferred: { ...deferred, reason: 'paused' } }))).toBe('paused');
  expect(toHold(waiting({}))).toBeNull();
});
