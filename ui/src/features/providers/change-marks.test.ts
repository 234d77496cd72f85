import type { AuditRow } from '@understudy/shared/contracts/audit';
import { expect, it } from 'vitest';
import { toDetailedChangeMarks } from './change-marks.ts';

const row = (part: Partial<AuditRow>): AuditRow => ({
  id: 'aud_1',
  at: '2026-03-01T12:00:00.000Z',
  actor: { tokenId: null, name: 'ann' },
  action: 'provider.updated',
  target: { kind: 'provider', id: 'prv_1', name: 'main' },
  before: null,
  after: null,
  requestId: null,
  ...part,
});
const toText = (part: Partial<AuditRow>) => toDetailedChangeMarks([row(part)])[0]?.text;

it('names what was set to what, and by whom', () => {
  const before = { priority: 50, configuration: { monthlyBudgetUsd: null }, updatedAt: 'a' };
  const after = { priority: 60, configuration: { monthlyBudgetUsd: 5 }, updatedAt: 'b' };
  expect(toText({ before, after })).toBe('priority 50 → 60, monthlyBudgetUsd none → 5 (ann)');
});

it('names what else was done', () => {
  expect(toText({ action: 'provider.key_replaced' })).toBe('key replaced (ann)');
});

it('says so where a change was of all providers', () => {
  const target = { kind: 'config', id: 'dispatch', name: 'dispatch' };
  expect(toText({ target, before: { paused: false }, after: { paused: true } })).toBe(
    'all providers: paused false → true (ann)',
  );
});

it('cuts a long list', () => {
  const text = toText({ before: { a: 1, b: 1, c: 1, d: 1, e: 1 }, after: { a: 2, b: 2, c: 2, d: 2, e: 2 } });
  expect(text).toContain('and 2 more');
});
