import { expect, it } from 'vitest';
import type { Fault } from '../llm/adapter.ts';
import { labelSetOf, requestOf } from '../llm/testing/sample-request.ts';
import { buildPooled, type ProviderOverrides } from '../testing/build-provider.ts';
import { toFault } from '../testing/fake-adapter.ts';
import { toAttemptEnd, type EndedCall } from './attempt-end.ts';
import { toUpperBound } from './upper-bound.ts';

const request = requestOf({ text: 'é'.repeat(400), labelSet: labelSetOf([]) });
const UPPER_BOUND = toUpperBound(buildPooled(), request, new Date()).price.costNanoUsd;

function end(outcome: EndedCall, overrides: ProviderOverrides = {}) {
  const pooled = buildPooled(overrides);
  const common = { startedAt: new Date(), durationMs: 12.4, abortMessage: 'The job was cancelled.' };
  return toAttemptEnd({ pooled, bound: toUpperBound(pooled, request, new Date()), outcome, ...common });
}
const answered = (
  usage: { inputTokens: number; outputTokens: number; cachedInputTokens: number } | null,
) => ({
  kind: 'answered' as const,
  ok: true as const,
  result: { label: 'a', labels: [], rationale: null },
  usage,
  requestId: 'req_1',
  status: 200,
});
const faulted = (fault: Fault): EndedCall => ({ kind: 'faulted', fault });
const usage = { inputTokens: 100, outputTokens: 10, cachedInputTokens: 0 };

it('prices what was used, by the price that applies', () => {
  expect(end(answered(usage))).toEqual({
    outcome: 'succeeded',
    fault: null,
    message: null,
    status: 200,
    requestId: 'req_1',
    durationMs: 12,
    inputTokens: 100,
    outputTokens: 10,
    costNanoUsd: 200_000,
    pricing: 'priced',
    priceVersion: 'override:1/10',
  });
});

it('prices a fault that was billed all the same', () => {
  const fault = toFault('invalid_output', { status: 200, usage });
  expect(end(faulted(fault))).toMatchObject({ outcome: 'failed', costNanoUsd: 200_000, pricing: 'priced' });
});

it.each([
  ['a silent call', faulted(toFault('silent'))],
  ['a call cut in its body', faulted(toFault('network', { status: 200 }))],
  ['a call whose connection was reset', faulted(toFault('network', { cause: 'reset' }))],
  ['a call whose secure connection broke', faulted(toFault('network', { cause: 'tls' }))],
  ['a call answered by what is no HTTP', faulted(toFault('network', { cause: 'not_http' }))],
  ['a call whose connection broke for no known reason', faulted(toFault('network'))],
  ['a call that a gateway waited too long for', faulted(toFault('server_error', { status: 504 }))],
  ['a call that a proxy waited too long for', faulted(toFault('server_error', { status: 524 }))],
  ['an answer of no use that came as an error', faulted(toFault('invalid_output', { status: 400 }))],
  ['an aborted call', { kind: 'aborted' }],
  ['an answer without tokens', answered(null)],
] as [string, EndedCall][])('estimates %s by its upper bound, with no tokens made up', (_, outcome) => {
  const unknown = { inputTokens: 0, outputTokens: 0, pricing: 'estimated', costNanoUsd: UPPER_BOUND };
  expect(end(outcome)).toMatchObject(unknown);
});

it('has no cost, rather than none, where no price is known', () => {
  const unpriced = { costNanoUsd: null, pricing: 'unpriced' };
  expect(end({ kind: 'aborted' }, { configuration: { price: null } })).toMatchObject(unpriced);
  expect(end(answered(usage), { configuration: { price: null } })).toMatchObject(unpriced);
});

it.each([
  ['refused', toFault('rate_limited', { status: 429 })],
  ['failed by its server', toFault('server_error', { status: 503 })],
  ['sent back with a page', toFault('network', { status: 404, cause: 'page' })],
  ['not sent', toFault('network', { cause: 'reset', unsent: true })],
  ['not sent, in all the time it had', toFault('silent', { unsent: true })],
] as [string, Fault][])('is free where the call was %s', (_, fault) => {
  expect(end(faulted(fault))).toMatchObject({ costNanoUsd: 0, pricing: 'free' });
});

it('is free where the call never began', () => {
  expect(end({ kind: 'not_begun' })).toMatchObject({ costNanoUsd: 0, pricing: 'free' });
});

it('is free at local, whatever happened', () => {
  expect(end({ kind: 'aborted' }, { type: 'local' })).toMatchObject({
    costNanoUsd: 0,
    pricing: 'free',
  });
});

it('says why a call was aborted, which is no fault', () => {
  const aborted = { outcome: 'aborted', fault: null, message: 'The job was cancelled.' };
  expect(end({ kind: 'aborted' })).toMatchObject(aborted);
});
