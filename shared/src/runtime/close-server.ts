import type { Server } from 'node:http';

const IDLE_CHECK_MS = 20;

/** Takes no new connection, ends those that nobody uses, and all others after `graceMs`. Resolves when none is left. */
export async function closeServer(server: Server, graceMs: number): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  // A connection that becomes idle only now would be kept alive.
  const idle = setInterval(() => server.closeIdleConnections(), IDLE_CHECK_MS);
  // One with half a request, or with a reply that nobody reads, never becomes idle.
  const late = setTimeout(() => server.closeAllConnections(), graceMs);
  await closed;
  clearInterval(idle);
  clearTimeout(late);
}
