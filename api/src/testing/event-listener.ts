import type { ServerEvent } from '@understudy/shared/contracts/event';
import { createEventParser } from '@understudy/shared/client/event-parser';

export interface EventListener {
  status: number;
  headers: Headers;
  /** Everything that came, and the ids of blocks without an event. */
  events: ServerEvent[];
  ids: string[];
  text(): string;
  /** Resolves when the stream has ended, by whomever. */
  ended: Promise<void>;
  hangUp(): void;
}

/** Listens to `/api/events` as a program does that knows nothing of our client. */
export async function listen(
  url: string,
  token: string,
  { query = '', lastEventId, headers = {} }: ListenOptions = {},
): Promise<EventListener> {
  const abort = new AbortController();
  const response = await fetch(`${url}/api/events${query}`, {
    headers: {
      ...(token === '' ? {} : { Authorization: `Bearer ${token}` }),
      ...(lastEventId === undefined ? {} : { 'Last-Event-ID': lastEventId }),
      ...headers,
    },
    signal: abort.signal,
  });
  const events: ServerEvent[] = [];
  const ids: string[] = [];
  let text = '';
  const parse = createEventParser();

  async function read() {
    const decoder = new TextDecoder();
    for await (const bytes of response.body ?? []) {
      const piece = decoder.decode(bytes, { stream: true });
      text += piece;
      for (const { id, type, data } of parse(piece)) {
        if (id !== null) ids.push(id);
        if (data !== null) events.push({ type, id, data: JSON.parse(data) } as ServerEvent);
      }
    }
  }
  return {
    status: response.status,
    headers: response.headers,
    events,
    ids,
    text: () => text,
    ended: read().catch(() => {}),
    hangUp: () => abort.abort(),
  };
}

interface ListenOptions {
  query?: string;
  lastEventId?: string | undefined;
  headers?: Record<string, string>;
}
