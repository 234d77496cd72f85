import type { DrillFault } from '@understudy/shared/contracts/drill';

type Fetch = typeof globalThis.fetch;

/**
 * A fetch that reaches nobody and fails as asked, so that a vendor's real SDK meets the fault as it would over the
 * network. What hangs does so until the call's signal aborts.
 */
export function injectFault(fault: DrillFault): Fetch {
  return async (_, init) => respond(fault, init?.signal ?? null);
}

function respond(fault: DrillFault, signal: AbortSignal | null): Promise<Response> | Response {
  switch (fault) {
    case 'silent':
      return new Promise((_, reject) => onAbort(signal, reject));
    case 'timeout':
      return toStalled(signal);
    case 'network':
      throw new TypeError('fetch failed', { cause: toReset() });
    case 'server_error':
      return toError(500, 'api_error');
    case 'rate_limited':
      return toError(429, 'rate_limit_error', { 'retry-after': '1' });
    case 'unauthenticated':
      return toError(401, 'authentication_error');
    case 'invalid_output':
      return new Response('<html><body>A page where an answer should be.</body></html>', {
        headers: { 'content-type': 'text/html' },
      });
  }
}

/** Headers and the first byte of a body, then nothing more. */
function toStalled(signal: AbortSignal | null): Response {
  const body = new ReadableStream({
    start(controller) {
      controller.enqueue(new TextEncoder().encode('{'));
      onAbort(signal, (reason) => controller.error(reason));
    },
  });
  return new Response(body, { headers: { 'content-type': 'application/json' } });
}

/** In a form that every vendor's SDK reads. */
function toError(status: number, type: string, headers: Record<string, string> = {}): Response {
  const error = { type, message: 'Injected by a failover drill.', code: null, param: null };
  return Response.json({ type: 'error', error }, { status, headers });
}

function toReset(): Error {
  return Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET', syscall: 'read' });
}

function onAbort(signal: AbortSignal | null, then: (reason: unknown) => void) {
  if (signal?.aborted) then(signal.reason);
  else signal?.addEventListener('abort', () => then(signal.reason), { once: true });
}
