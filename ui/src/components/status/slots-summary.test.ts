import { expect, it } from 'vitest';
import { toSlotsSummary } from './slots-summary.ts';

const slot = (status: 'healthy' | 'down' | 'unknown' | null) => ({ from: '', to: '', status });

it('counts what there is, worst first', () => {
  const slots = [slot('healthy'), slot('down'), slot('healthy'), slot(null), slot('unknown')];
  expect(toSlotsSummary(slots)).toBe('1 down, 2 healthy, 2 without a check');
});

it('says nothing of nothing', () => {
  expect(toSlotsSummary([])).toBe('');
});
