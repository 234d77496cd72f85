import { ROOT_CONTEXT, SpanKind, trace } from '@opentelemetry/api';
import { SamplingDecision } from '@opentelemetry/sdk-trace';
import { expect, it } from 'vitest';
import type { TracingConfig } from '../../config.ts';
import { createSampler } from './sampler.ts';

const LOW = '00000000000000000000000000000001';
const HIGH = 'ffffffff000000000000000000000000';
const calledBy = (traceFlags: number) =>
  trace.setSpanContext(ROOT_CONTEXT, {
    traceId: LOW,
    spanId: '00f067aa0ba902b7',
    traceFlags,
    isRemote: true,
  });

function isTaken(config: TracingConfig, context = ROOT_CONTEXT, traceId = HIGH): boolean {
  const { decision } = createSampler(config).shouldSample(context, traceId, 'x', SpanKind.SERVER, {}, []);
  return decision === SamplingDecision.RECORD_AND_SAMPLED;
}

it('takes every trace of its own, and goes by the caller where there is one', () => {
  expect(isTaken({})).toBe(true);
  expect(isTaken({}, calledBy(1))).toBe(true);
  expect(isTaken({}, calledBy(0))).toBe(false);
});

it.each([
  [{ OTEL_TRACES_SAMPLER: 'always_on' }, [true, true, true]],
  [{ OTEL_TRACES_SAMPLER: 'always_off' }, [false, false, false]],
  [{ OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: 0 }, [false, false, false]],
  [{ OTEL_TRACES_SAMPLER: 'parentbased_always_on' }, [true, true, false]],
  [{ OTEL_TRACES_SAMPLER: 'parentbased_always_off' }, [false, true, false]],
  [{ OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: 0 }, [false, true, false]],
] satisfies [TracingConfig, boolean[]][])(
  'by %j decides for none, one that traces, one that does not: %j',
  (config, taken) => {
    expect([ROOT_CONTEXT, calledBy(1), calledBy(0)].map((context) => isTaken(config, context))).toEqual(
      taken,
    );
  },
);

it('takes a share of the traces by their ids, the same in every process', () => {
  const half = { OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: 0.5 } as const;
  expect([LOW, HIGH].map((traceId) => isTaken(half, ROOT_CONTEXT, traceId))).toEqual([true, false]);
});
