import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A way to a store that can be cut, or frozen so that bytes wait and arrive late. */
export interface StoppableProxy {
  port: number;
  freeze(): void;
  thaw(): void;
  /** Ends every connection and refuses new ones until `mend`. */
  cut(): void;
  mend(): void;
  close(): Promise<void>;
}

/** A TCP proxy in front of `target` (`host:port`). */
export async function startStoppableProxy(target: string): Promise<StoppableProxy> {
  const { hostname, port } = new URL(`tcp://${target}`);
  const sockets = new Set<Socket>();
  let frozen = false;
  let isCut = false;

  const forward = (from: Socket, to: Socket) => {
    sockets.add(from);
    from.on('data', (chunk) => void to.write(chunk));
    from.on('close', () => {
      sockets.delete(from);
      // What was sent before is still read by a frozen server, as from its kernel's buffer.
      if (frozen) waiting.push(() => to.destroy());
      else to.end();
    });
    from.on('error', () => {});
    if (frozen) from.pause();
  };
  let waiting: (() => void)[] = [];

  const server = createServer((client) => {
    if (isCut) return void client.destroy();
    const upstream = connect({ host: hostname, port: Number(port) });
    forward(client, upstream);
    forward(upstream, client);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  return {
    port: (server.address() as AddressInfo).port,
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
    cut() {
      isCut = true;
      for (const socket of sockets) socket.destroy();
    },
    mend() {
      isCut = false;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
