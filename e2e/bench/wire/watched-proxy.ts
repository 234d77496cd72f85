import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { now } from '../measure/now.ts';
import type { Protocol, RoundTrip } from './round-trip.ts';

/** A way to a store on which every round trip is noted. */
export interface WatchedProxy {
  port: number;
  /** Ended since the last call, in order of their ends. */
  take(): RoundTrip[];
  close(): Promise<void>;
}

export async function watch(
  target: { host: string; port: number },
  protocol: Protocol,
): Promise<WatchedProxy> {
  const sockets = new Set<Socket>();
  let trips: RoundTrip[] = [];

  const join = (client: Socket, upstream: Socket) => {
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from);
      from.setNoDelay(true);
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
      from.on('error', () => {});
    }
    const open = new Map<number, { kind: string; askedAt: number }>();
    const { readQuestions, readAnswers } = protocol.openConnection();
    client.on('data', (chunk) => {
      // Noted before it is passed on, and an answer after: a proxy's own work counts as the store's.
      const askedAt = now();
      upstream.write(chunk);
      for (const { key, kind } of readQuestions(chunk)) if (kind !== null) open.set(key, { kind, askedAt });
    });
    upstream.on('data', (chunk) => {
      client.write(chunk);
      const answeredAt = now();
      for (const key of readAnswers(chunk)) {
        const question = open.get(key);
        if (question) trips.push({ ...question, answeredAt });
        open.delete(key);
      }
    });
  };

  const server = createServer((client) => join(client, connect(target)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    take() {
      const taken = trips;
      trips = [];
      return taken;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
