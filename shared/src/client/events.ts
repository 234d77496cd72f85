import type { EventType, ServerEvent } from '../contracts/event.ts';
import type { CallOptions } from './call.ts';
import { createEventParser, type EventBlock } from './event-parser.ts';
import { ProblemError, UnreachableError } from './problem-error.ts';
import { parseJson, toHeaders, toProblemError, toQueryString, type TransportOptions } from './transport.ts';
import { isWorthRepeating, pause } from './wait.ts';

export interface EventsOptions extends CallOptions {
  /** By default all that the token's scopes allow. */
  topics?: readonly EventType[] | undefined;
  jobId?: string | undefined;
  batchId?: string | undefined;
  /** The `id` of an event: what came after it is told first. */
  lastEventId?: string | undefined;
}

/** Three heartbeats were missed by then: nobody is there. */
const SILENT_MS = 45_000;
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
    for (;;) {
      try {
        for await (const { id, type, data } of connect(transport, { ...options, lastEventId, signal })) {
          pauseMs = PAUSE_MS;
          if (id !== null) lastEventId = id;
          if (data !== null) yield { type, id, data: JSON.parse(data) } as ServerEvent;
        }
      } catch (error) {
        if (signal.aborted) throw signal.reason;
        if (!isWorthRepeating(error)) throw error;
      }
      // Not all at the same moment: an API that restarts has lost all its readers at once.
      await pause(pauseMs * (0.5 + Math.random()), signal);
      pauseMs = Math.min(pauseMs * 2, MAX_PAUSE_MS);
    }
  };
}

/** One connection, until it ends. @throws `UnreachableError` where it breaks. */
async function* connect(
  transport: TransportOptions,
  options: EventsOptions & { signal: AbortSignal },
): AsyncGenerator<EventBlock, void, undefined> {
  const gone = new AbortController();
  const giveUp = () => gone.abort(new UnreachableError(new Error(`nothing came for ${SILENT_MS} ms`)));
  let silence = setTimeout(giveUp, SILENT_MS);
  try {
    const signal = AbortSignal.any([options.signal, gone.signal]);
    const parse = createEventParser();
    const decoder = new TextDecoder();
    for await (const bytes of await open(transport, { ...options, signal })) {
      clearTimeout(silence);
      silence = setTimeout(giveUp, SILENT_MS);
      yield* parse(decoder.decode(bytes, { stream: true }));
    }
  } catch (error) {
    throw error instanceof ProblemError ? error : new UnreachableError(error);
  } finally {
    clearTimeout(silence);
    // A consumer that has enough hangs up.
    gone.abort();
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
    headers: { Accept: 'text/event-stream', 'Last-Event-ID': lastEventId },
  });
  const response = await send(`${baseUrl.replace(/\/+$/, '')}/api/events${query}`, { headers, signal });
  if (!response.ok || !response.body) throw toProblemError(response, parseJson(await response.text()));
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
