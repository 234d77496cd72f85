import type { EventType, ServerEvent } from '../contracts/event.ts';
import type { CallOptions } from './call.ts';
import { createEventParser, type EventBlock } from './event-parser.ts';
import { isWorthRepeating, ProblemError, UnreachableError } from './problem-error.ts';
import { createIdleTimeout } from './idle-timeout.ts';
import {
  isOfType,
  parseJson,
  toHeaders,
  toProblemError,
  toQueryString,
  type TransportOptions,
} from './transport.ts';
import { pause } from './wait.ts';

export interface EventsOptions extends CallOptions {
  /** By default all that the token's scopes allow. */
  topics?: readonly EventType[] | undefined;
  jobId?: string | undefined;
  batchId?: string | undefined;
  /** The `id` of an event: what came after it is told first. */
  lastEventId?: string | undefined;
}

const EVENT_STREAM = 'text/event-stream';
const PAUSE_MS = 250;
const MAX_PAUSE_MS = 5_000;

/**
 * Tells of events for as long as it is iterated. A connection that ends, or is silent for 45 s, is made again with
 * growing pauses, and goes on behind the last event without a gap; where that is not possible an event `reset` comes:
 * fetch again what you show. @throws `ProblemError` where the API refuses it; the signal's reason when that is aborted.
 */
export function createEvents(transport: TransportOptions) {
  return async function* events(options: EventsOptions = {}): AsyncGenerator<ServerEvent, never, undefined> {
    const { signal = new AbortController().signal } = options;
    let { lastEventId } = options;
    let pauseMs = PAUSE_MS;
    let hasHeard = false;
    for (;;) {
      let retryAfterMs = 0;
      try {
        for await (const { id, type, data } of connect(transport, { ...options, lastEventId, signal })) {
          pauseMs = PAUSE_MS;
          hasHeard = true;
          if (id !== null) lastEventId = id;
          if (data !== null) yield { type, id, data: JSON.parse(data) } as ServerEvent;
        }
      } catch (error) {
        if (signal.aborted) throw signal.reason;
        // Where events came before, a proxy's page in their place will not last.
        if (!isWorthRepeating(error) && !(hasHeard && isOfProxy(error))) throw error;
        if (error instanceof ProblemError) retryAfterMs = error.retryAfterMs ?? 0;
      }
      // Not all at the same moment: an API that restarts has lost all its readers at once.
      await pause(retryAfterMs + pauseMs * (0.5 + Math.random()), signal);
      pauseMs = Math.min(pauseMs * 2, MAX_PAUSE_MS);
    }
  };
}

/** One connection, until it ends. @throws `UnreachableError` where it breaks. */
async function* connect(
  transport: TransportOptions,
  options: EventsOptions & { signal: AbortSignal },
): AsyncGenerator<EventBlock, void, undefined> {
  const idle = createIdleTimeout();
  try {
    const signal = AbortSignal.any([options.signal, idle.signal]);
    const parse = createEventParser();
    const decoder = new TextDecoder();
    for await (const bytes of await open(transport, { ...options, signal })) {
      idle.restart();
      yield* parse(decoder.decode(bytes, { stream: true }));
    }
  } catch (error) {
    throw error instanceof ProblemError ? error : new UnreachableError(error);
  } finally {
    // Also where a consumer has enough.
    idle.end();
  }
}

async function open(
  { baseUrl, token, fetch: send = fetch }: TransportOptions,
  { topics, jobId, batchId, lastEventId, signal }: EventsOptions & { signal: AbortSignal },
): Promise<AsyncIterable<Uint8Array>> {
  const query = toQueryString({ topics, jobId, batchId });
  const headers = toHeaders({
    body: undefined,
    token,
    headers: { Accept: EVENT_STREAM, 'Last-Event-ID': lastEventId },
  });
  const response = await send(`${baseUrl.replace(/\/+$/, '')}/api/events${query}`, { headers, signal });
  if (!response.ok || !response.body || !isOfType(response, EVENT_STREAM))
    throw toProblemError(response, parseJson(await response.text()));
  return readChunks(response.body);
}

/** Not every browser can iterate a stream. */
async function* readChunks(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  const reader = body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    yield value;
  }
}

function isOfProxy(error: unknown): boolean {
  return error instanceof ProblemError && error.code === 'unexpected_reply' && error.status < 400;
}
