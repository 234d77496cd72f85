import { Agent, createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';

/** How often each target is asked whether it is ready; far less than a process lingers that is told to end. */
const ASK_EVERY_MS = 100;
/** A process that takes longer to say is busy, not gone: what it said last holds. */
const ANSWER_MS = 500;

/** A load balancer as simple as can be. */
export interface RoundRobin {
  url: string;
  /** Replies so far, by status; and by the error's code, calls that met none although a process had taken them. */
  outcomes: Record<string, number>;
  close(): Promise<void>;
}

/**
 * Sends requests to those of `targets` that say they are ready, in turn, over connections that it keeps. One that refuses
 * the connection is passed over; anything else that goes wrong is passed on, since the request may have been carried out.
 */
export async function startRoundRobin(targets: readonly string[]): Promise<RoundRobin> {
  const agent = new Agent({ keepAlive: true });
  const outcomes: Record<string, number> = {};
  const closing = new AbortController();
  let ready = [...targets];
  let turn = 0;

  const note = (outcome: string) => void (outcomes[outcome] = (outcomes[outcome] ?? 0) + 1);

  async function isReady(target: string): Promise<boolean> {
    const limit = AbortSignal.timeout(ANSWER_MS);
    const signal = AbortSignal.any([closing.signal, limit]);
    return fetch(`${target}/readyz`, { signal }).then(
      ({ ok }) => ok,
      () => limit.aborted && ready.includes(target),
    );
  }

  async function keepAsking() {
    while (!closing.signal.aborted) {
      const answers = await Promise.all(targets.map(isReady));
      ready = targets.filter((_, index) => answers[index]);
      await delay(ASK_EVERY_MS);
    }
  }

  function ask(at: number, incoming: IncomingMessage, body: Buffer): Promise<IncomingMessage> {
    const among = ready.length > 0 ? ready : targets;
    const target = new URL(incoming.url ?? '/', among[at % among.length]);
    const { connection: _own, ...headers } = incoming.headers;
    return new Promise((resolve, reject) => {
      const { method } = incoming;
      request(target, { agent, method, headers }, resolve).once('error', reject).end(body);
    });
  }

  async function askAll(incoming: IncomingMessage, body: Buffer): Promise<IncomingMessage> {
    turn += 1;
    for (let at = turn, tries = 1; ; at += 1, tries += 1) {
      try {
        return await ask(at, incoming, body);
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        if (code !== 'ECONNREFUSED' || tries >= targets.length) throw error;
      }
    }
  }

  async function handle(incoming: IncomingMessage, outgoing: ServerResponse) {
    try {
      const reply = await askAll(incoming, await buffer(incoming));
      note(String(reply.statusCode));
      const { connection: _theirs, ...headers } = reply.headers;
      outgoing.writeHead(reply.statusCode ?? 502, headers);
      reply.pipe(outgoing);
    } catch (error) {
      note((error as NodeJS.ErrnoException).code ?? 'unknown');
      outgoing.writeHead(502).end();
    }
  }

  const server = createServer((incoming, outgoing) => void handle(incoming, outgoing));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const asking = keepAsking();
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    outcomes,
    async close() {
      closing.abort();
      await asking;
      agent.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
