import { expect, it } from 'vitest';
import type { CircuitState } from '@understudy/shared/contracts/provider';
import { createFakeClock } from '../../testing/fake-clock.ts';
import { createBreaker } from './breaker.ts';
import { CONTRACT_SETTINGS, describeBreaker } from './breaker-contract.ts';

function setup(settings = CONTRACT_SETTINGS) {
  const clock = createFakeClock();
  const changes: CircuitState[] = [];
  const breaker = createBreaker({
    settings: () => settings,
    clock,
    onChange: (state) => changes.push(state),
  });
  return { clock, changes, breaker };
}

describeBreaker('opossum in this process', () => {
  const { breaker, clock } = setup();
  return { ...breaker, advance: clock.advance };
});

it('tells of every change once', async () => {
  const { breaker, changes, clock } = setup();
  const entry = breaker.enter(1_000);
  if (entry.admitted) await entry.settle('opens');
  clock.advance(CONTRACT_SETTINGS.openMs);
  const probe = breaker.enter(1_000);
  if (probe.admitted) await probe.settle('good');
  expect(changes).toEqual(['open', 'half-open', 'closed']);
});
