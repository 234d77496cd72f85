import type { SpanAttributes, TraceSpan } from '@understudy/shared/runtime/tracing/tracing';
import { expect, it } from 'vitest';
import { labelSetOf, requestOf } from '../llm/testing/sample-request.ts';
import { buildPooled } from '../testing/build-provider.ts';
import { createFakeProvider, toFault } from '../testing/fake-adapter.ts';
import { toAttemptEnd, type EndedCall } from './attempt-end.ts';
import { endAttemptSpan, toAttemptSpan } from './attempt-span.ts';
import { toUpperBound } from './upper-bound.ts';

const ATTEMPT = {
  _id: 'att_1',
  jobId: 'job_1',
  number: 2,
  hedge: true,
  circuit: 'half-open',
  purpose: 'job',
} as const;
const request = requestOf({ text: 'a private text', labelSet: labelSetOf([]) });
const callable = (baseUrl: string) => ({ ...createFakeProvider().createAdapter('fake-model'), baseUrl });

/** What is left on a span when its attempt ended so. */
function end(outcome: EndedCall, pooled = buildPooled()) {
  const left: { attributes: SpanAttributes; failed: string | null; isOver: boolean } = {
    attributes: {},
    failed: null,
    isOver: false,
  };
  const span: TraceSpan = {
    traceparent: '',
    rename() {},
    set: (attributes) => void Object.assign(left.attributes, attributes),
    fail: (errorType) => void (left.failed = errorType),
    end: () => void (left.isOver = true),
  };
  const bound = toUpperBound(pooled, request, new Date());
  const call = { startedAt: new Date(), durationMs: 12, abortMessage: 'a private message' };
  endAttemptSpan(span, pooled, outcome, toAttemptEnd({ pooled, bound, outcome, ...call }));
  return left;
}

it('is named and described as the conventions have it', () => {
  const pooled = buildPooled({ name: 'main', type: 'openai' }, callable('https://gateway.example.com/v1'));
  expect(toAttemptSpan(pooled, ATTEMPT)).toEqual({
    name: 'chat fake-model',
    kind: 'client',
    attributes: {
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': 'fake-model',
      'gen_ai.output.type': 'json',
      'server.address': 'gateway.example.com',
      'server.port': 443,
      'understudy.job.id': 'job_1',
      'understudy.attempt.id': 'att_1',
      'understudy.attempt.number': 2,
      'understudy.attempt.hedge': true,
      'understudy.attempt.purpose': 'job',
      'understudy.provider.id': pooled.provider._id,
      'understudy.provider.name': 'main',
      'understudy.circuit': 'half-open',
    },
  });
});

it.each([
  ['http://10.0.0.1:11434/v1', '10.0.0.1', 11434],
  ['http://models.internal/v1', 'models.internal', 80],
])('knows where %s is called', (baseUrl, address, port) => {
  expect(toAttemptSpan(buildPooled({}, callable(baseUrl)), ATTEMPT).attributes).toMatchObject({
    'server.address': address,
    'server.port': port,
  });
});

it('calls an attempt at `local` no call of a model', () => {
  const span = toAttemptSpan(buildPooled({ type: 'local' }), ATTEMPT);
  expect(span.name).toBe('local');
  expect(Object.keys(span.attributes ?? {}).filter((name) => !name.startsWith('understudy.'))).toEqual([]);
});

it('ends with the tokens and the model of the answer', () => {
  const outcome: EndedCall = {
    kind: 'answered',
    ok: true,
    result: { label: 'a', labels: [], rationale: 'a private rationale' },
    usage: { inputTokens: 100, outputTokens: 10, cachedInputTokens: 0 },
    requestId: 'req_1',
    status: 200,
    model: 'fake-model-2026-01-01',
  };
  expect(end(outcome)).toEqual({
    failed: null,
    isOver: true,
    attributes: {
      'understudy.attempt.outcome': 'succeeded',
      'http.response.status_code': 200,
      'gen_ai.response.model': 'fake-model-2026-01-01',
      'gen_ai.usage.input_tokens': 100,
      'gen_ai.usage.output_tokens': 10,
    },
  });
});

it('fails with the kind of the fault, and without its words', () => {
  const fault = toFault('rate_limited', { status: 429, message: 'a private message', requestId: 'private' });
  const left = end({ kind: 'faulted', fault });
  expect(left).toMatchObject({ failed: 'rate_limited', isOver: true });
  expect(left.attributes).toEqual({
    'understudy.attempt.outcome': 'failed',
    'http.response.status_code': 429,
  });
  expect(end({ kind: 'defect', error: new Error('private') }).failed).toBe('internal_error');
});

it('does not fail where another provider was faster, or nobody wanted the answer any more', () => {
  expect(end({ kind: 'overtaken', fault: toFault('silent') })).toEqual({
    failed: null,
    isOver: true,
    attributes: { 'understudy.attempt.outcome': 'aborted', 'understudy.attempt.fault': 'silent' },
  });
  expect(end({ kind: 'aborted' })).toMatchObject({ failed: null, isOver: true });
});
