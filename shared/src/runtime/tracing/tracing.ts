import type { Attributes } from '@opentelemetry/api';
import type { Telemetry } from 'bullmq';
import type { Logger } from '../logger.ts';

/** What a span says, by name. */
export type SpanAttributes = Attributes;

/** A span that is about to begin. Neither its name nor its attributes ever hold a text, a key or a vendor's words. */
export interface NewSpan {
  name: string;
  /** `internal` where absent. */
  kind?: 'server' | 'client' | 'producer' | 'internal';
  attributes?: SpanAttributes;
  /** What it goes on from, as a `traceparent`: the active span where absent; null begins a trace. */
  parent?: string | null;
  /** Spans of other traces that it has to do with, each as a `traceparent`. */
  links?: readonly string[];
}

/** A span that runs. */
export interface TraceSpan {
  /** How others go on from it: a W3C `traceparent`, which says nothing but ids. */
  readonly traceparent: string;
  /** Its name, once more is known than at its beginning. */
  rename(name: string): void;
  set(attributes: SpanAttributes): void;
  /** Marks it as failed, by a code of ours and never by a message, which might quote a text. */
  fail(errorType: string): void;
  end(): void;
}

/** The traces of one process. Where there are none, nothing of OpenTelemetry is loaded, and this is null. */
export interface Tracing {
  start(span: NewSpan): TraceSpan;
  /** Runs `work`, in which the span is the active one, also beyond what is awaited. */
  within<T>(span: TraceSpan, work: () => T): T;
  /** Has the listeners that are added to it from now on run within the span. */
  bind(span: TraceSpan, emitter: object): void;
  /** The active span, as a `traceparent`; null where there is none. */
  active(): string | null;
  /** Adds an event to the active span. */
  note(event: string, attributes: SpanAttributes): void;
  /** The ids of the active span, for log lines. */
  logFields(): { traceId: string; spanId: string } | Record<string, never>;
  /** What BullMQ carries the trace through a queue with. */
  readonly queueTelemetry: Telemetry;
  /** Where it is said, once, that spans are not taken. */
  reportTo(logger: Logger): void;
  /** Sends what is left, for at most a second. Safe to call twice. */
  stop(): Promise<void>;
}

/** Runs `work` within a span of its own; without tracing it costs one branch. */
export async function inSpan<T>(
  tracing: Tracing | null | undefined,
  toSpan: () => NewSpan,
  work: (span: TraceSpan | null) => Promise<T>,
): Promise<T> {
  if (!tracing) return work(null);
  const span = tracing.start(toSpan());
  try {
    return await tracing.within(span, () => work(span));
  } catch (error) {
    span.fail(error instanceof Error ? error.name : 'unknown');
    throw error;
  } finally {
    span.end();
  }
}
