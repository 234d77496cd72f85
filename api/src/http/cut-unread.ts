import type { ServerResponse } from 'node:http';

/** Whoever takes nothing at all of what is there for so long reads no more, and would hold its connection for ever. */
const READ_WITHIN_MS = 120_000;

/** Cuts a reply that its caller does not read, also behind its end. One that has nothing to be read is left alone. */
export function cutUnread(response: ServerResponse, withinMs = READ_WITHIN_MS): void {
  // Node's time-out of a socket counts from the last byte that was taken.
  response.setTimeout(withinMs).on('timeout', () => {
    if (response.writableLength > 0) response.destroy();
  });
}
