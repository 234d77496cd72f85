import {
  isSpanContextValid,
  trace,
  type Context,
  type SpanContext,
  type TextMapPropagator,
} from '@opentelemetry/api';
import { parseTraceParent } from '@opentelemetry/core';

const HEADER = 'traceparent';
const SAMPLED = 1;

/** A span as others may go on from it, by https://www.w3.org/TR/trace-context/. */
export function toTraceparent({ traceId, spanId, traceFlags }: SpanContext): string {
  return `00-${traceId}-${spanId}-0${traceFlags & SAMPLED}`;
}

/** The ids of the span that a context is within; null where it is within none. */
export function toSpanContext(context: Context): SpanContext | null {
  const span = trace.getSpanContext(context);
  return span && isSpanContextValid(span) ? span : null;
}

/** @returns null where it is none. */
export function fromTraceparent(traceparent: string): SpanContext | null {
  const span = parseTraceParent(traceparent);
  return span && { ...span, isRemote: true };
}

/**
 * Carries the trace by its ids alone. `tracestate` and `baggage` are left out: they are words of whoever calls, and no
 * word of a caller is to reach the queue, the ledger or a collector.
 */
export const traceparentPropagator: TextMapPropagator = {
  inject(context, carrier, setter) {
    const span = toSpanContext(context);
    if (span) setter.set(carrier, HEADER, toTraceparent(span));
  },
  extract(context, carrier, getter): Context {
    const given = getter.get(carrier, HEADER);
    const span = typeof given === 'string' ? fromTraceparent(given) : null;
    return span ? trace.setSpanContext(context, span) : context;
  },
  fields: () => [HEADER],
};
