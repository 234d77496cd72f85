import type { AuditRow } from '@understudy/shared/contracts/audit';
import type { ProviderStats } from '@understudy/shared/contracts/stats';
import { expect, it } from 'vitest';
import { toChangeMarks, toCompared, toFaultBars } from './comparisons.ts';

const provider = { id: 'prv_1', name: 'main', type: 'openai', model: 'gpt' } as const;

const toStats = (calls: Record<string, number>) =>
  Object.entries(calls).map(
    ([name, attempts]) => ({ provider: { ...provider, id: `prv_${name}`, name }, attempts }) as ProviderStats,
  );
const toNames = (calls: Record<string, number>, limit = 6) =>
  toCompared(toStats(calls), limit).map(({ provider: { name } }) => name);

it('leaves each provider in its place, and so its colour, when another is called more often', () => {
  expect(toNames({ main: 90, spare: 10 })).toEqual(['main', 'spare']);
  expect(toNames({ spare: 91, main: 90 })).toEqual(['main', 'spare']);
});

it('compares those that are called most', () => {
  expect(toNames({ first: 1, second: 30, third: 20 }, 2)).toEqual(['second', 'third']);
});

it('sums up the faults of a provider and names the most frequent first', () => {
  const [bar] = toFaultBars([{ provider, errorsByFault: { timeout: 2, server_error: 40, network: 0 } }]);
  expect(bar).toEqual({ name: 'main', value: 42, detail: '40 server error, 2 timeout' });
});

it('says what was changed, and when', () => {
  const row = (action: string, kind: string) =>
    ({ at: '2026-01-01T00:00:01.000Z', action, target: { kind, id: 'x', name: 'main' } }) as AuditRow;
  expect(toChangeMarks([row('provider.updated', 'provider'), row('config.updated', 'config')])).toEqual([
    { at: 1_767_225_601_000, text: 'updated main' },
    { at: 1_767_225_601_000, text: 'updated the configuration' },
  ]);
});
