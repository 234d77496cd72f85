import { expect, it } from 'vitest';
import { FAULT_KINDS, type FaultKind } from '@understudy/shared/contracts/fault';
import type { Fault } from '../llm/adapter.ts';
import { fromFault, fromModels } from './findings.ts';

const toFault = (kind: FaultKind): Fault => ({
  kind,
  message: 'said so',
  status: null,
  requestId: null,
  retryAfterMs: null,
  usage: null,
  answer: null,
});
const judge = (models: string[] | null, { model = 'gpt-4o', responseTimeMs = 100 } = {}) =>
  fromModels({ ok: true, models }, { responseTimeMs, limitMs: 1_000, model });

it('finds a provider healthy that lists the model in time', () => {
  expect(judge(['gpt-4', 'gpt-4o'])).toEqual({ status: 'healthy', responseTimeMs: 100, errorMessage: null });
});

it('does not hold it against a provider that it cannot list its models', () => {
  expect(judge(null)).toMatchObject({ status: 'healthy', list: 'absent' });
});

it.each([
  ['claude-sonnet-4-5', 'claude-sonnet-4-5-20250929'],
  ['claude-3-5-haiku-latest', 'claude-3-5-haiku-20241022'],
  ['llama3', 'llama3:latest'],
  ['llama3:latest', 'llama3'],
  ['gemini-pro', 'models/gemini-pro'],
  ['gpt-4o', 'gpt-4o-2024-08-06'],
  ['gpt-4', 'gpt-4-0613'],
  ['gemini-2.0-flash', 'models/gemini-2.0-flash-001'],
  ['claude-sonnet-4', 'claude-sonnet-4@20250514'],
])('knows the model %s in the listed %s', (model, listed) => {
  expect(judge([listed], { model }).status).toBe('healthy');
});

it('is wary of a provider that does not list the model, and says which', () => {
  expect(judge(['gpt-4', 'gpt-4omni'])).toMatchObject({
    status: 'degraded',
    errorMessage: expect.stringContaining('gpt-4o'),
  });
});

it.each([
  ['gpt-4o', 'gpt-4o-mini'],
  ['gpt-4o', 'gpt-4o-mini-2024-07-18'],
  ['llama3', 'llama3:70b'],
  ['gemini-2.5-flash', 'gemini-2.5-flash-lite'],
])('does not take for the model %s another of its family, %s', (model, listed) => {
  expect(judge([listed], { model }).status).toBe('degraded');
});

it('calls an answer that takes more than half of the limit degraded', () => {
  expect(judge(['gpt-4o'], { responseTimeMs: 500 }).status).toBe('healthy');
  expect(judge(['gpt-4o'], { responseTimeMs: 501 })).toMatchObject({
    status: 'degraded',
    errorMessage: 'It answers slowly: 501 ms.',
  });
});

it('takes slow and busy for degraded and every other fault for down', () => {
  const found = FAULT_KINDS.map((kind) => [kind, fromFault(toFault(kind), 1_000).status] as const);
  expect(found.filter(([, status]) => status === 'degraded').map(([kind]) => kind)).toEqual([
    'rate_limited',
    'silent',
    'timeout',
  ]);
  expect(found.filter(([, status]) => status === 'healthy')).toEqual([]);
});

it('marks a list that was refused, which calls need not be', () => {
  const measured = { responseTimeMs: 100, limitMs: 1_000, model: 'gpt-4o' };
  const find = (kind: FaultKind, status: number | null) =>
    fromModels({ ok: false, fault: { ...toFault(kind), status } }, measured);
  expect(find('forbidden', 403)).toMatchObject({ status: 'down', list: 'refused' });
  expect(find('unauthenticated', 401)).toMatchObject({ status: 'down', list: 'refused' });
  // Nobody was asked.
  expect(find('unauthenticated', null)).not.toHaveProperty('list');
  expect(find('server_error', 500)).not.toHaveProperty('list');
});
