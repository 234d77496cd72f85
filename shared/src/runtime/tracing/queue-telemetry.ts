import { context, ROOT_CONTEXT, type Context } from '@opentelemetry/api';
import { SpanKind, type Exception, type Span, type Telemetry } from 'bullmq';
import { BullMQOtel } from 'bullmq-otel';
import { toSpanContext } from './traceparent.ts';

/**
 * BullMQ's own telemetry, cut down to what belongs to the trace of a job: that it was put into the queue, and that it
 * was taken out. What a queue does for itself (stalled checks, locks) would be a trace every second.
 */
export function createQueueTelemetry(): Telemetry<Context> {
  const otel = new BullMQOtel({ tracerName: 'bullmq' });
  const { contextManager } = otel;
  return {
    tracer: {
      startSpan(name, options, given) {
        const isPassage = options?.kind === SpanKind.PRODUCER || options?.kind === SpanKind.CONSUMER;
        if (!isPassage || !toSpanContext(given ?? context.active())) return UNSEEN;
        return toPassage(otel.tracer.startSpan(name, options, given));
      },
    },
    contextManager: {
      with: (inner, work) => contextManager.with(inner, work),
      active: () => contextManager.active(),
      root: () => ROOT_CONTEXT,
      getMetadata: (inner) => contextManager.getMetadata(inner),
      fromMetadata: (inner, metadata) => contextManager.fromMetadata(inner, metadata),
    },
  };
}

/** The same span, which tells of an error only what kind it was. */
function toPassage(span: Span<Context>): Span<Context> {
  return {
    setSpanOnContext: (inner) => span.setSpanOnContext(inner),
    setAttribute: (key, value) => span.setAttribute(key, value),
    setAttributes: (attributes) => span.setAttributes(attributes),
    addEvent() {},
    recordException: (exception) => span.setAttribute('error.type', toErrorType(exception)),
    end: () => span.end(),
  };
}

function toErrorType(exception: Exception): string {
  return typeof exception === 'object' && 'name' in exception ? String(exception.name) : 'unknown';
}

const UNSEEN: Span<Context> = {
  setSpanOnContext: (inner) => inner,
  setAttribute() {},
  setAttributes() {},
  addEvent() {},
  recordException() {},
  end() {},
};
