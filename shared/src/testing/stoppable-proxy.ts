import type { Socket } from 'node:net';
import { startTcpProxy } from './tcp-proxy.ts';

/** A way to a store that can be cut, or frozen so that bytes wait and arrive late. */
export interface StoppableProxy {
  port: number;
  freeze(): void;
  thaw(): void;
  /** Has every connection lead nowhere, without an end, as when the other machine loses power; new ones work. */
  swallow(): void;
  /** Ends every connection and refuses new ones until `mend`. */
  cut(): void;
  mend(): void;
  close(): Promise<void>;
}

/** A TCP proxy in front of `target` (`host:port`). */
export async function startStoppableProxy(target: string): Promise<StoppableProxy> {
  let frozen = false;
  let isCut = false;
  let waiting: (() => void)[] = [];

  const swallowed = new WeakSet<Socket>();
  const forward = (from: Socket, to: Socket) => {
    from.on('data', (chunk) => {
      if (!swallowed.has(from)) to.write(chunk);
    });
    from.on('close', () => {
      // What was sent before is still read by a frozen server, as from its kernel's buffer.
      if (frozen) waiting.push(() => to.destroy());
      else to.end();
    });
    if (frozen) from.pause();
  };
  const { port, sockets, close } = await startTcpProxy({
    target,
    admits: () => !isCut,
    join(client, server) {
      forward(client, server);
      forward(server, client);
    },
  });

  return {
    port,
    freeze() {
      frozen = true;
      for (const socket of sockets) socket.pause();
    },
    thaw() {
      frozen = false;
      for (const socket of sockets) socket.resume();
      for (const end of waiting) end();
      waiting = [];
    },
    swallow() {
      for (const socket of sockets) swallowed.add(socket);
    },
    cut() {
      isCut = true;
      for (const socket of sockets) socket.destroy();
    },
    mend() {
      isCut = false;
    },
    close,
  };
}
