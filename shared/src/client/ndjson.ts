import type { CallOptions } from './call.ts';
import { UnreachableError } from './problem-error.ts';
import type { Payload } from './transport.ts';

export const NDJSON = 'application/x-ndjson';
/** Lines are sent together in about this many characters. */
const CHUNK_LENGTH = 65_536;

/** A body of one line of JSON for each value, made while it is sent and no faster. */
export function toNdjson(values: AsyncIterable<unknown> | Iterable<unknown>): Payload {
  const encoder = new TextEncoder();
  const lines = (async function* () {
    for await (const value of values) yield `${JSON.stringify(value)}\n`;
  })();
  const payload: Payload = { type: NDJSON, data: new ReadableStream<Uint8Array>({ pull, cancel }) };
  return payload;

  async function pull(controller: ReadableStreamDefaultController<Uint8Array>) {
    let text = '';
    let isDone = false;
    while (text.length < CHUNK_LENGTH && !isDone) {
      const { value = '', done = false } = await nextLine();
      text += value;
      isDone = done;
    }
    if (text !== '') controller.enqueue(encoder.encode(text));
    if (isDone) controller.close();
  }
  async function nextLine() {
    try {
      return await lines.next();
    } catch (error) {
      payload.failure = { error };
      throw error;
    }
  }
  async function cancel() {
    await lines.return();
  }
}

/**
 * The values of a reply in lines of JSON, as they arrive. Whoever stops reading ends the reply.
 * @throws {UnreachableError} where the reply is cut short; an abort is passed on as it is.
 */
export async function* fromNdjson<T>({ body }: Response, { signal }: CallOptions): AsyncGenerator<T> {
  if (!body) return;
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  try {
    for (;;) {
      const { value, done } = await reader.read().catch((error: unknown) => {
        throw signal?.aborted ? error : new UnreachableError(error);
      });
      const lines = `${rest}${value ?? ''}`.split('\n');
      rest = done ? '' : (lines.pop() ?? '');
      for (const line of lines) if (line !== '') yield JSON.parse(line) as T;
      if (done) return;
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}
