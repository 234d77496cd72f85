import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { eventually } from './eventually.ts';

type Value = string | number | boolean | null;

/** A span as a collector has it, with its attributes as a plain object. */
export interface CollectedSpan {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  /** Of OTLP: 1 internal, 2 server, 3 client, 4 producer, 5 consumer. */
  kind: number;
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  /** `code` 2 is an error. */
  status: { code?: number; message?: string };
  attributes: Record<string, Value>;
  events: { name: string; attributes: Record<string, Value> }[];
  links: { traceId: string; spanId: string }[];
  /** Of the process that it came from. */
  resource: Record<string, Value>;
}

export interface FakeCollector {
  /** As in OTEL_EXPORTER_OTLP_ENDPOINT. */
  url: string;
  spans: CollectedSpan[];
  /** Every body as it came, and the headers of the last. */
  bodies: string[];
  headers: Record<string, string | undefined>;
  /** All spans of a trace, once these names are among them, each as often as it is given. */
  untilTraced(traceId: string, ...names: string[]): Promise<CollectedSpan[]>;
  /** Takes requests from now on without ever answering them, or answers again. */
  hang(isHanging: boolean): void;
  stop(): Promise<void>;
}

interface OtlpAttribute {
  key: string;
  value: { stringValue?: string; intValue?: number | string; doubleValue?: number; boolValue?: boolean };
}
interface OtlpSpan extends Omit<CollectedSpan, 'attributes' | 'events' | 'links' | 'resource'> {
  attributes?: OtlpAttribute[];
  events?: { name: string; attributes?: OtlpAttribute[] }[];
  links?: CollectedSpan['links'];
}
interface OtlpBody {
  resourceSpans: {
    resource: { attributes: OtlpAttribute[] };
    scopeSpans: { spans: OtlpSpan[] }[];
  }[];
}

/** An OpenTelemetry collector that takes traces by OTLP over HTTP as JSON, and keeps them. */
export async function startFakeCollector(): Promise<FakeCollector> {
  const spans: CollectedSpan[] = [];
  const bodies: string[] = [];
  let isHanging = false;
  const server = createServer((request, response) => {
    void json(request).then((body) => {
      if (isHanging) return;
      const isTraces = request.method === 'POST' && request.url === '/v1/traces';
      if (!isTraces) return response.writeHead(404).end();
      collector.headers = request.headers as FakeCollector['headers'];
      bodies.push(JSON.stringify(body));
      spans.push(...toSpans(body as OtlpBody));
      return response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const collector: FakeCollector = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    bodies,
    headers: {},
    untilTraced: (traceId, ...names) =>
      eventually(
        () => {
          const ofTrace = spans.filter((span) => span.traceId === traceId);
          const missing = ofTrace.reduce((left, { name }) => {
            const index = left.indexOf(name);
            return index === -1 ? left : left.toSpliced(index, 1);
          }, names);
          if (missing.length > 0) throw new Error(`${missing} not in ${ofTrace.map(({ name }) => name)}`);
          return ofTrace;
        },
        { timeoutMs: 30_000 },
      ),
    hang: (given) => void (isHanging = given),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return collector;
}

function toSpans({ resourceSpans }: OtlpBody): CollectedSpan[] {
  return resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) =>
      spans.map((span) => ({
        ...span,
        attributes: toRecord(span.attributes),
        events: (span.events ?? []).map(({ name, attributes }) => ({
          name,
          attributes: toRecord(attributes),
        })),
        links: span.links ?? [],
        resource: toRecord(resource.attributes),
      })),
    ),
  );
}

function toRecord(attributes: OtlpAttribute[] = []): Record<string, Value> {
  return Object.fromEntries(
    attributes.map(({ key, value }) => {
      const { stringValue, intValue, doubleValue, boolValue } = value;
      return [
        key,
        stringValue ?? boolValue ?? doubleValue ?? (intValue === undefined ? null : Number(intValue)),
      ];
    }),
  );
}
