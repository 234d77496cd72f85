import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setImmediate as nextTurn, setTimeout as delay } from 'node:timers/promises';
import { closeServer } from '@understudy/shared/runtime/close-server';
import { DRAIN_MS } from '@understudy/shared/runtime/lifecycle';
import { cutUnread } from './http/cut-unread.ts';
import { watchBody } from './http/watch-body.ts';
import { refuseConnect, refuseOnWire } from './http/wire-problems.ts';

/** Longer than a load balancer's idle limit, so that it is never we who close a connection in use. */
const KEEP_ALIVE_MS = 65_000;
/** Headers that are not there by then do not come; a whole request, however slowly it is sent, by then. */
const HEADERS_MS = 20_000;
const REQUEST_MS = 15 * 60_000;
/** How often Node looks for those that are late. */
const LATE_CHECK_MS = 5_000;
/** Whoever sends requests by readiness, or by the last reply, has looked elsewhere by then. */
const LINGER_MS = 1_000;
/** Left of the drain for closing the stores. */
const LAST_STEPS_MS = 5_000;

interface HttpServerOptions {
  app: RequestListener;
  host: string;
  port: number;
  /** How long a server that stops still answers, so that whoever keeps a connection learns of it by a reply. */
  lingerMs?: number | undefined;
  headersMs?: number;
  lateCheckMs?: number;
  /** How long a reply may lie there with nobody taking anything of it. */
  readWithinMs?: number;
}

/** An HTTP server that stops by finishing what it answers. Both calls are safe to make twice. */
export function createHttpServer(options: HttpServerOptions) {
  const {
    app,
    host,
    port,
    lingerMs = LINGER_MS,
    headersMs = HEADERS_MS,
    lateCheckMs = LATE_CHECK_MS,
    readWithinMs,
  } = options;
  let isStopping = false;
  const limits = {
    keepAliveTimeout: KEEP_ALIVE_MS,
    headersTimeout: headersMs,
    requestTimeout: REQUEST_MS,
    connectionsCheckingInterval: lateCheckMs,
    // Node would refuse it with an empty reply; `refuseMalformed` says why.
    requireHostHeader: false,
  };
  const server = createServer(limits, (request, response) => {
    if (isStopping) response.setHeader('Connection', 'close');
    watchBody(request, response);
    cutUnread(response, readWithinMs);
    app(request, response);
  });
  server.on('clientError', refuseOnWire).on('connect', refuseConnect);
  return {
    /** @throws the system's error, such as `EADDRINUSE`, when the address cannot be had. */
    async start(): Promise<{ port: number }> {
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen(port, host, () => {
          server.off('error', reject);
          resolve();
        });
      });
      return { port: (server.address() as AddressInfo).port };
    },
    /**
     * Ends every connection with the next reply on it, for `lingerMs`; then takes no new one, ends those that nobody
     * uses, and resolves when the last reply is out. (A request that is just on its way would meet a closed door.)
     */
    async stop(): Promise<void> {
      if (!server.listening || isStopping) return;
      isStopping = true;
      if (await hasConnections(server)) await delay(lingerMs);
      // What came while this process was busy is taken first: behind a closed door it would be reset.
      await nextTurn();
      await closeServer(server, DRAIN_MS - LAST_STEPS_MS - lingerMs);
    },
  };
}

function hasConnections(server: Server): Promise<boolean> {
  return new Promise((resolve) => server.getConnections((error, count) => resolve(!error && count > 0)));
}
