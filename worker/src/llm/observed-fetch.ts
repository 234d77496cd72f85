type Fetch = typeof globalThis.fetch;

/** No answer or list of models comes near this; more is a fault of the server and must not fill our memory. */
const MAX_BODY_BYTES = 16 * 1024 * 1024;
const MAX_ERROR_BODY_BYTES = 64 * 1024;

/** The latest response of a call, noted as its headers came. */
interface ObservedResponse {
  status: number;
  headers: Headers;
  /** The body of an error status, as far as it came (SDKs drop those that are not in their vendor's form). */
  errorBody: string | null;
}

/** One call of an adapter as the transport saw it. Not to be used for two calls at once. */
export interface Exchange {
  readonly fetch: Fetch;
  /** Null as long as no byte of an answer has come. */
  readonly response: ObservedResponse | null;
}

/** The server sent more than any valid answer has. */
export class BodyTooLargeError extends Error {
  constructor() {
    super(`The body is larger than ${MAX_BODY_BYTES} bytes.`);
    this.name = 'BodyTooLargeError';
  }
}

/**
 * Wraps a fetch for one call: it notes what comes back, binds the whole call, body included, to `signal` whatever
 * the SDK above does with its own, follows no redirect, and bounds the body.
 */
export function observeFetch(fetch: Fetch, signal: AbortSignal): Exchange {
  let observed: ObservedResponse | null = null;
  return {
    get response() {
      return observed;
    },
    async fetch(input, init) {
      observed = null;
      const response = await fetch(input, { ...init, signal, redirect: 'manual' });
      observed = { status: response.status, headers: response.headers, errorBody: null };
      if (response.ok) return isSmall(response) ? response : bounded(response);
      observed.errorBody = await readErrorBody(response, signal);
      return withBody(response, observed.errorBody);
    },
  };
}

function isSmall(response: Response): boolean {
  const length = response.headers.get('content-length');
  return length !== null && Number(length) <= MAX_BODY_BYTES && !response.headers.has('content-encoding');
}

function bounded(response: Response): Response {
  if (!response.body) return response;
  let bytes = 0;
  const counter = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      bytes += chunk.byteLength;
      if (bytes > MAX_BODY_BYTES) controller.error(new BodyTooLargeError());
      else controller.enqueue(chunk);
    },
  });
  return withBody(response, response.body.pipeThrough(counter));
}

/** Reads an error's body up to its bound. A body that breaks off does not hide the status; an abort does. */
async function readErrorBody(response: Response, signal: AbortSignal): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  try {
    for await (const chunk of response.body ?? []) {
      text += decoder.decode(chunk as Uint8Array, { stream: true });
      if (text.length > MAX_ERROR_BODY_BYTES) break;
    }
  } catch (error) {
    if (signal.aborted) throw error;
  }
  return text;
}

/** The same response with another body; as it was where `Response` cannot hold its status. */
function withBody(response: Response, body: string | ReadableStream): Response {
  const { status, statusText, headers } = response;
  if (status > 599 || status === 304) return response;
  return new Response(body, { status, statusText, headers });
}
