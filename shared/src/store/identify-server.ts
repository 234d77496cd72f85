import { mongo } from 'mongoose';
import { STORE_TIMEOUT_MS } from './connect.ts';

/** What one server says of itself to anybody, also without a password. */
export interface ServerIdentity {
  /** Its replica set; null where it belongs to none. */
  setName: string | null;
  /** Whether it waits for a replica set that was never made. */
  isUninitiated: boolean;
  isWritablePrimary: boolean;
  /** The members of its set, by the addresses that the set knows. */
  hosts: string[];
}

/** Reads the answer to `hello`. */
export function fromHello(hello: mongo.Document): ServerIdentity {
  return {
    setName: hello['setName'] ?? null,
    isUninitiated: hello['isreplicaset'] === true,
    isWritablePrimary: hello['isWritablePrimary'] === true,
    hosts: hello['hosts'] ?? [],
  };
}

/** The first server of an address, without the set and the user that the address asks for. */
function toDirectAddress(mongodbUri: string): string | null {
  const [, host] = /^mongodb:\/\/(?:[^?]*@)?([^/?,]+)/.exec(mongodbUri) ?? [];
  if (!host) return null;
  const options = new URLSearchParams({ directConnection: 'true' });
  for (const [name, value] of new URLSearchParams(mongodbUri.split('?')[1] ?? ''))
    if (/^(tls|ssl)/i.test(name)) options.set(name, value);
  return `mongodb://${host}/?${options}`;
}

/** Asks the first server of an address who it is; null where it does not answer within 3 s. */
export async function identifyServer(mongodbUri: string): Promise<ServerIdentity | null> {
  const address = toDirectAddress(mongodbUri);
  if (address === null) return null;
  const limit = { serverSelectionTimeoutMS: STORE_TIMEOUT_MS, connectTimeoutMS: STORE_TIMEOUT_MS };
  let client: mongo.MongoClient | null = null;
  try {
    // What is wrong of the address is thrown here already.
    client = new mongo.MongoClient(address, limit);
    return fromHello(await client.db('admin').command({ hello: 1 }));
  } catch {
    return null;
  } finally {
    await client?.close();
  }
}
