import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** Passes the connections of clients on to a server, by way of whoever joins the two. */
export interface TcpProxy {
  port: number;
  /** Every socket that is open, of either side. */
  sockets: ReadonlySet<Socket>;
  close(): Promise<void>;
}

interface TcpProxyOptions {
  /** `host:port`. */
  target: string;
  /** Hands on what one side of a connection says to the other, and its end. */
  join: (client: Socket, server: Socket) => void;
  /** Whether a client is let in at all. */
  admits?: () => boolean;
}

/** The address of a store by way of a proxy in front of it. */
export function toProxiedUri(uri: string, { port }: { port: number }): string {
  const url = new URL(uri);
  url.host = `127.0.0.1:${port}`;
  if (url.protocol === 'mongodb:') {
    // The set's member is known by its own address, which the driver must not go to.
    url.searchParams.delete('replicaSet');
    url.searchParams.set('directConnection', 'true');
  }
  return url.href;
}

/** Listens at a free port of 127.0.0.1. */
export async function startTcpProxy({
  target,
  join,
  admits = () => true,
}: TcpProxyOptions): Promise<TcpProxy> {
  const { hostname, port } = new URL(`tcp://${target}`);
  const sockets = new Set<Socket>();
  const listener = createServer((client) => {
    if (!admits()) return void client.destroy();
    const server = connect({ host: hostname, port: Number(port) });
    for (const socket of [client, server]) {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
      socket.on('error', () => {});
    }
    join(client, server);
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  return {
    port: (listener.address() as AddressInfo).port,
    sockets,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => listener.close(resolve));
    },
  };
}
