import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Registry } from 'prom-client';
import { closeServer } from './close-server.ts';
import type { Service } from './lifecycle.ts';
import { toReadiness, type ReachedStores } from './readiness.ts';

export interface ProbeServer extends Service {
  /** The port it listens on, once started; that asked for, unless it was 0. */
  port(): number;
}

interface ProbeOptions {
  host: string;
  port: number;
  stores: () => Promise<ReachedStores>;
  metrics: Pick<Registry, 'contentType' | 'metrics'>;
  /** Who may read the metrics, by the `Authorization` header. */
  mayScrape: (authorization: string | undefined) => Promise<boolean>;
}

/** The drain of the process waits for its end: whoever is slower to ask or to read gets no answer. */
const GRACE_MS = 500;

/**
 * Answers `/healthz` (the process runs), `/readyz` (its stores answer: 200, else 503) and `/metrics` for a process that
 * has no HTTP of its own. Not ready from the moment it stops.
 */
export function createProbeServer(options: ProbeOptions): ProbeServer {
  let stopping = false;
  const server = createServer((request, response) => {
    const send = (status: number, body: object) => {
      const json = JSON.stringify(body);
      response.writeHead(status, { 'content-type': 'application/json', connection: 'close' }).end(json);
    };
    if (request.url === '/healthz') return send(200, { status: 'ok' });
    if (request.url === '/metrics') return void sendMetrics(options, request, response);
    if (request.url !== '/readyz') return send(404, { status: 'not_found' });
    void options.stores().then((stores) => {
      const readiness = toReadiness(stores, !stopping);
      send(readiness.status === 'ready' ? 200 : 503, readiness);
    });
  });

  return {
    port: () => (server.address() as AddressInfo | null)?.port ?? options.port,
    async start() {
      if (server.listening) return;
      server.listen(options.port, options.host);
      await once(server, 'listening');
    },
    async stop() {
      stopping = true;
      if (!server.listening) return;
      await closeServer(server, GRACE_MS);
    },
  };
}

async function sendMetrics(
  { metrics, mayScrape }: ProbeOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const close = { connection: 'close' };
  try {
    if (!(await mayScrape(request.headers.authorization))) {
      response.writeHead(401, { ...close, 'www-authenticate': 'Bearer realm="understudy"' }).end();
      return;
    }
    const text = await metrics.metrics();
    response.writeHead(200, { ...close, 'content-type': metrics.contentType }).end(text);
  } catch {
    // Whether the token is good cannot be told while the ledger is away.
    response.writeHead(503, close).end();
  }
}
