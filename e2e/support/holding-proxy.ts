import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A way to a store that stops when certain bytes come by, so that a process can be killed at that very point. */
export interface HoldingProxy {
  port: number;
  /**
   * From now on, holds everything from the moment in which `marker` goes to the store. `before` it arrives there, or
   * `after`: the store has done it and its reply is kept back. Resolves when that is reached.
   */
  hold(marker: string, when: 'before' | 'after'): Promise<void>;
  /** Forgets what is held and lets through what comes. */
  release(): void;
  close(): Promise<void>;
}

/** A TCP proxy in front of `target` (`host:port`); MongoDB's and Redis's commands are readable bytes. */
export async function startHoldingProxy(target: string): Promise<HoldingProxy> {
  const { hostname, port } = new URL(`tcp://${target}`);
  const sockets = new Set<Socket>();
  let wanted: { marker: string; when: 'before' | 'after'; reached: () => void } | null = null;
  let isHolding = false;

  function handOn(from: Socket, to: Socket, isToStore: boolean) {
    sockets.add(from);
    from.on('data', (chunk) => {
      if (isHolding) return;
      const isAtMarker = isToStore && wanted !== null && chunk.includes(wanted.marker);
      if (!isAtMarker || wanted?.when === 'after') to.write(chunk);
      if (!isAtMarker) return;
      isHolding = true;
      wanted?.reached();
    });
    from.on('close', () => {
      sockets.delete(from);
      to.end();
    });
    from.on('error', () => {});
  }

  const server = createServer((client) => {
    const store = connect({ host: hostname, port: Number(port) });
    handOn(client, store, true);
    handOn(store, client, false);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  return {
    port: (server.address() as AddressInfo).port,
    hold(marker, when) {
      const { promise, resolve } = Promise.withResolvers<void>();
      wanted = { marker, when, reached: resolve };
      return promise;
    },
    release() {
      wanted = null;
      isHolding = false;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
