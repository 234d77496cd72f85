import type { IncomingMessage, ServerResponse } from 'node:http';
import { hasBody } from './has-body.ts';
import { refuseStalled } from './wire-problems.ts';

/** A body of which less than `PROGRESS_BYTES` arrive in this time, though we wait for it, is given up. */
export const STALL_MS = 30_000;
const PROGRESS_BYTES = 1_024;
/** How long somebody may go on sending after the reply, which did not need it, so that the reply gets through. */
export const LEFTOVER_MS = 5_000;

/**
 * Ends requests that would hold a connection for ever: bodies that do not arrive, and what is sent on behind a reply.
 * A caller who waits for us, since we take no more at the moment, is not ended.
 */
export function watchBody(request: IncomingMessage, response: ServerResponse): void {
  if (!hasBody(request)) return;
  const { socket } = request;
  let timer = setTimeout(look, STALL_MS, socket.bytesRead);

  function look(before: number) {
    const isWanted = !request.complete && request.readableLength === 0;
    if (isWanted && socket.bytesRead - before < PROGRESS_BYTES) return refuseStalled(request, response);
    timer = setTimeout(look, STALL_MS, socket.bytesRead);
  }
  response.once('finish', () => {
    if (request.complete) return;
    clearTimeout(timer);
    timer = setTimeout(() => socket.destroy(), LEFTOVER_MS);
  });
  request.once('close', () => clearTimeout(timer));
}
