import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DRAIN_MS } from '@understudy/shared/runtime/lifecycle';

/** Longer than a load balancer's idle limit, so that it is never we who close a connection in use. */
const KEEP_ALIVE_MS = 65_000;
const IDLE_CHECK_MS = 20;
/** Left of the drain for closing the stores. */
const LAST_STEPS_MS = 3_000;

/** An HTTP server that stops by finishing what it answers. Both calls are safe to make twice. */
export function createHttpServer(options: { app: RequestListener; host: string; port: number }) {
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, options.app);
  return {
    /** @throws the system's error, such as `EADDRINUSE`, when the address cannot be had. */
    async start(): Promise<{ port: number }> {
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen(options.port, options.host, () => {
          server.off('error', reject);
          resolve();
        });
      });
      return { port: (server.address() as AddressInfo).port };
    },
    /** Takes no new connection and resolves when the last reply is out. */
    async stop(): Promise<void> {
      if (!server.listening) return;
      const closed = new Promise((resolve) => server.close(resolve));
      // A connection that becomes idle only now would be kept alive.
      const idle = setInterval(() => server.closeIdleConnections(), IDLE_CHECK_MS);
      const late = setTimeout(() => server.closeAllConnections(), DRAIN_MS - LAST_STEPS_MS);
      await closed;
      clearInterval(idle);
      clearTimeout(late);
    },
  };
}
