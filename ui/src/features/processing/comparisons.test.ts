import type { AuditRow } from '@understudy/shared/contracts/audit';
import { expect, it } from 'vitest';
import { toChangeMarks, toFaultBars } from './comparisons.ts';

const provider = { id: 'prv_1', name: 'main', type: 'openai', model: 'gpt' } as const;

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
