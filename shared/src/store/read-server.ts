import type { Store } from './connect.ts';
import { fromHello, type ServerIdentity } from './identify-server.ts';

/** The server that the ledger is on. */
export interface ServerFacts extends Pick<ServerIdentity, 'setName' | 'isWritablePrimary'> {
  version: string;
  members: number;
  /** The disk of its files, in bytes. */
  disk: { total: number; used: number };
}

/** Reads what the ledger’s server says of itself. */
export async function readServer(store: Store): Promise<ServerFacts> {
  const command = async (name: string) => (await store.connection.db?.command({ [name]: 1 })) ?? {};
  const [build, hello, stats] = await Promise.all([
    command('buildInfo'),
    command('hello'),
    command('dbStats'),
  ]);
  const { setName, isWritablePrimary, hosts } = fromHello(hello);
  return {
    version: String(build['version']),
    setName,
    members: hosts.length,
    isWritablePrimary,
    disk: { total: Number(stats['fsTotalSize'] ?? 0), used: Number(stats['fsUsedSize'] ?? 0) },
  };
}

/** The clock of the ledger's server, in milliseconds since 1970. */
export async function readServerNow(store: Store): Promise<number> {
  const hello = (await store.connection.db?.command({ hello: 1 })) ?? {};
  return Number(hello['localTime']);
}
