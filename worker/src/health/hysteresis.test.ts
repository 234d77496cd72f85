import { array, assert, constantFrom, integer, property } from 'fast-check';
import { expect, it } from 'vitest';
import type { HealthStatus } from '@understudy/shared/contracts/provider';
import { toNextHealth, type HealthState } from './hysteresis.ts';

const patience = { unhealthyAfter: 3, healthyAfter: 2 };
function run(found: HealthStatus[], start: HealthState | null = null, given = patience): HealthStatus[] {
  const seen: HealthStatus[] = [];
  let state = start;
  for (const status of found) {
    state = toNextHealth(state, status, given);
    seen.push(state.status);
  }
  return seen;
}
const healthy: HealthState = { status: 'healthy', dissent: null };
const down: HealthState = { status: 'down', dissent: null };

it('takes the first check at its word', () => {
  expect(run(['down'])).toEqual(['down']);
  expect(run(['degraded'], { status: 'unknown', dissent: null })).toEqual(['degraded']);
});

it('gets worse only after as many bad checks in a row as are asked for', () => {
  expect(run(['down', 'down', 'down'], healthy)).toEqual(['healthy', 'healthy', 'down']);
  expect(run(['down', 'down', 'healthy', 'down', 'down'], healthy)).toEqual(Array(5).fill('healthy'));
});

it('gets better only after as many good checks in a row as are asked for', () => {
  expect(run(['healthy', 'healthy'], down)).toEqual(['down', 'healthy']);
  expect(run(['healthy', 'down', 'healthy'], down)).toEqual(['down', 'down', 'down']);
});

it('becomes what all checks of the row agree on', () => {
  expect(run(['down', 'degraded', 'down'], healthy).at(-1)).toBe('degraded');
  expect(run(['healthy', 'degraded'], down).at(-1)).toBe('degraded');
});

it('begins anew where the checks turn to the other side', () => {
  const degraded: HealthState = { status: 'degraded', dissent: null };
  expect(run(['down', 'down', 'healthy', 'down', 'down', 'down'], degraded)).toEqual([
    ...Array<string>(5).fill('degraded'),
    'down',
  ]);
});

it('stays put while no row is long enough, and arrives once one is', () => {
  const status = constantFrom<HealthStatus>('healthy', 'degraded', 'down');
  const after = integer({ min: 1, max: 6 });
  assert(
    property(status, status, after, after, array(status, { maxLength: 30 }), (from, to, bad, good, noise) => {
      const given = { unhealthyAfter: bad, healthyAfter: good };
      const start = { status: from, dissent: null };
      const worse =
        ['healthy', 'degraded', 'down'].indexOf(to) > ['healthy', 'degraded', 'down'].indexOf(from);
      const needed = worse ? bad : good;
      expect(run(Array<HealthStatus>(needed).fill(to), start, given)).toEqual([
        ...Array<HealthStatus>(needed - 1).fill(from),
        to,
      ]);
      // Whatever came before, enough of the same in a row always gets there.
      expect(run([...noise, ...Array<HealthStatus>(2 * (bad + good)).fill(to)], start, given).at(-1)).toBe(
        to,
      );
    }),
  );
});
