import type { Socket } from 'node:net';
import { startTcpProxy } from '../../../shared/src/testing/tcp-proxy.ts';
import { now } from '../measure/now.ts';
import type { Protocol, RoundTrip } from './round-trip.ts';

/** A way to a store on which every round trip is noted. */
export interface WatchedProxy {
  port: number;
  /** Ended since the last call, in order of their ends. */
  take(): RoundTrip[];
  close(): Promise<void>;
}

/** A TCP proxy in front of `target` (`host:port`). */
export async function watch(target: string, protocol: Protocol): Promise<WatchedProxy> {
  let trips: RoundTrip[] = [];

  function join(client: Socket, upstream: Socket) {
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      from.setNoDelay(true);
      from.on('close', () => to.destroy());
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
  }

  const { port, close } = await startTcpProxy({ target, join });
  return {
    port,
    take() {
      const taken = trips;
      trips = [];
      return taken;
    },
    close,
  };
}
