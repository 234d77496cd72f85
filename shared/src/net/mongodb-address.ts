import { ConnectionString } from 'mongodb-connection-string-url';

/** An address of MongoDB as its driver reads it: with one server or a list of them, which is no URL. */
export function safeParseMongodbAddress(uri: string): ConnectionString | null {
  try {
    const address = new ConnectionString(uri);
    return address.hosts.every(isHost) ? address : null;
  } catch {
    return null;
  }
}

/** What the parser leaves to the driver: a name or an address, perhaps with a port, or the path of a socket. */
function isHost(host: string): boolean {
  if (host.endsWith('.sock')) return true;
  const parsed = URL.parse(`mongodb://${host}`);
  return parsed !== null && parsed.port !== '0';
}
