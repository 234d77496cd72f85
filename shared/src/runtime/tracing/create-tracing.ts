import { setTimeout as delay } from 'node:timers/promises';
import {
  context,
  propagation,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type Context,
  type Span,
} from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import type { TracingConfig } from '../../config.ts';
import { VERSION } from '../../version.ts';
import type { Logger } from '../logger.ts';
import { createProcessId } from '../process-id.ts';
import { createQueueTelemetry } from './queue-telemetry.ts';
import { createSampler } from './sampler.ts';
import { createTellingExporter } from './telling-exporter.ts';
import { fromTraceparent, toSpanContext, toTraceparent, traceparentPropagator } from './traceparent.ts';
import type { NewSpan, TraceSpan, Tracing } from './tracing.ts';

/** What is sent at once, what may wait to be sent, and for how long. More than that is dropped. */
const BATCH = { maxExportBatchSize: 512, maxQueueSize: 4_096, scheduledDelayMillis: 1_000 };
/** A collector that is slower is as good as away. */
const EXPORT_MS = 5_000;
const STOP_MS = 1_000;
const KINDS = {
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  producer: SpanKind.PRODUCER,
  internal: SpanKind.INTERNAL,
};

/** Loads OpenTelemetry and makes it the process's own: the active span is known across everything that is awaited. */
export function createTracing(
  config: TracingConfig & { OTEL_EXPORTER_OTLP_ENDPOINT: string },
  role: string,
): Tracing {
  let logger: Logger | null = null;
  const contexts = new AsyncLocalStorageContextManager().enable();
  const provider = createProvider(config, role, () => logger);
  context.setGlobalContextManager(contexts);
  propagation.setGlobalPropagator(traceparentPropagator);
  trace.setGlobalTracerProvider(provider);
  const tracer = provider.getTracer('understudy', VERSION);
  const spans = new WeakMap<TraceSpan, Span>();
  const toContext = (span: TraceSpan) => {
    const known = spans.get(span);
    return known ? trace.setSpan(context.active(), known) : context.active();
  };
  let stopping: Promise<void> | null = null;

  return {
    start({ name, kind = 'internal', attributes = {}, parent, links = [] }) {
      const options = { kind: KINDS[kind], attributes, links: toLinks(links) };
      const started = tracer.startSpan(name, options, toParent(parent));
      const span = toTraceSpan(started);
      spans.set(span, started);
      return span;
    },
    within: (span, work) => context.with(toContext(span), work),
    bind: (span, emitter) => void context.bind(toContext(span), emitter),
    active() {
      const span = toSpanContext(context.active());
      return span && toTraceparent(span);
    },
    note: (event, attributes) => void trace.getActiveSpan()?.addEvent(event, attributes),
    logFields() {
      const span = toSpanContext(context.active());
      return span ? { traceId: span.traceId, spanId: span.spanId } : {};
    },
    queueTelemetry: createQueueTelemetry(),
    reportTo: (given) => void (logger = given),
    stop: () => (stopping ??= stop(provider)),
  };
}

function createProvider(
  config: TracingConfig & { OTEL_EXPORTER_OTLP_ENDPOINT: string },
  role: string,
  toLogger: () => Logger | null,
): TracerProvider {
  const exporter = new OTLPTraceExporter({
    url: `${config.OTEL_EXPORTER_OTLP_ENDPOINT.replace(/\/+$/, '')}/v1/traces`,
    headers: config.OTEL_EXPORTER_OTLP_HEADERS ?? {},
    timeoutMillis: EXPORT_MS,
  });
  return new TracerProvider({
    sampler: createSampler(config),
    resource: resourceFromAttributes({
      ...config.OTEL_RESOURCE_ATTRIBUTES,
      'service.name':
        config.OTEL_SERVICE_NAME ?? config.OTEL_RESOURCE_ATTRIBUTES?.['service.name'] ?? `understudy-${role}`,
      'service.version': VERSION,
      'service.instance.id': createProcessId(),
      'understudy.role': role,
    }),
    spanProcessors: [
      new BatchSpanProcessor({
        ...BATCH,
        exporter: createTellingExporter(exporter, toLogger),
        exportTimeoutMillis: EXPORT_MS,
      }),
    ],
  });
}

function toParent(parent: NewSpan['parent']): Context {
  if (parent === undefined) return context.active();
  const given = parent === null ? null : fromTraceparent(parent);
  return given ? trace.setSpanContext(ROOT_CONTEXT, given) : ROOT_CONTEXT;
}

function toLinks(links: readonly string[]) {
  return links.flatMap((link) => {
    const linked = fromTraceparent(link);
    return linked ? [{ context: linked }] : [];
  });
}

function toTraceSpan(span: Span): TraceSpan {
  return {
    traceparent: toTraceparent(span.spanContext()),
    rename: (name) => void span.updateName(name),
    set: (attributes) => void span.setAttributes(attributes),
    fail: (errorType) =>
      void span.setAttribute('error.type', errorType).setStatus({ code: SpanStatusCode.ERROR }),
    end: () => span.end(),
  };
}

/** A collector that is away or slow does not hold up the end of the process. */
async function stop(provider: TracerProvider): Promise<void> {
  await Promise.race([provider.shutdown().catch(() => {}), delay(STOP_MS, null, { ref: false })]);
  trace.disable();
  context.disable();
  propagation.disable();
}
