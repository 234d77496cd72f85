import type { Provider } from '@understudy/shared/contracts/provider';
import { expect, it } from 'vitest';
import { toTurn } from './turn.ts';

const now = new Date('2026-03-01T12:00:00Z');
const provider = (id: string, part: Partial<Provider> = {}): Provider =>
  ({
    id,
    enabled: true,
    rateLimit: null,
    configuration: { model: 'm', maxConcurrency: 16 },
    status: { health: 'healthy', circuit: 'closed', cooldownUntil: null, flagged: null },
    ...part,
  }) as Provider;
const first = provider('a');
const second = provider('b');

it('counts the place among those that are on', () => {
  const off = provider('c', { enabled: false });
  expect(toTurn(second, [off, first, second], 'priority', now)).toMatchObject({
    isTried: true,
    words: 'It is number 2 of 2 to be tried, by priority.',
  });
  expect(toTurn(off, [off, first], 'priority', now).words).toContain('switched off');
});

it('names no place where the order is another', () => {
  expect(toTurn(first, [first, second], 'cost', now).words).toBe(
    'It is one of 2 that are tried, the cheapest first.',
  );
});

it('says why it is passed over', () => {
  const flagged = provider('a', { status: { ...first.status, flagged: 'quota' } });
  expect(toTurn(flagged, [flagged], 'priority', now)).toMatchObject({ isTried: false });
  expect(toTurn(flagged, [flagged], 'priority', now).words).toContain('no credit');
});

it('does not say that one is passed over whose circuit may be tried', () => {
  const halfOpen = provider('a', { status: { ...first.status, circuit: 'half-open' } });
  expect(toTurn(halfOpen, [halfOpen, second], 'priority', now)).toMatchObject({
    isTried: true,
    words: 'It is number 1 of 2 to be tried, by priority.',
  });
});

it('takes one whose circuit is closing as tried', () => {
  const ramping = provider('a', { status: { ...first.status, circuit: 'ramping' } });
  expect(toTurn(ramping, [ramping], 'priority', now).isTried).toBe(true);
});

it('names its limits', () => {
  const limited = provider('a', { rateLimit: 600 });
  expect(toTurn(limited, [limited], 'priority', now).limits).toEqual([
    '16 calls are under way at once',
    '600 requests were made within a minute',
  ]);
});
