import type { Redis } from '../../shared/src/runtime/redis.ts';
import type { Store } from '../../shared/src/store/connect.ts';
import { openRedis } from '../../shared/src/testing/open-redis.ts';

/** Everything that Redis holds, keys and values of every type, as one text. */
export async function dumpRedis(url: string): Promise<string> {
  const redis = await openRedis(url);
  const found: unknown[] = [];
  for await (const keys of redis.scanStream({ count: 1_000 })) {
    for (const key of keys as string[]) found.push(key, await readKey(redis, key));
  }
  redis.disconnect();
  return JSON.stringify(found);
}

async function readKey(redis: Redis, key: string): Promise<unknown> {
  switch (await redis.type(key)) {
    case 'string':
      return redis.get(key);
    case 'hash':
      return redis.hgetall(key);
    case 'list':
      return redis.lrange(key, 0, -1);
    case 'set':
      return redis.smembers(key);
    case 'zset':
      return redis.zrange(key, '0', '-1');
    case 'stream':
      return redis.xrange(key, '-', '+');
    default:
      return null;
  }
}

/** Every document of every collection, as text by collection. */
export async function dumpLedger(store: Store): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const { name } of await store.connection.listCollections()) {
    const documents = await store.connection.collection(name).find().toArray();
    // Bytes are written as text, too: an encrypted value must not be the value.
    const toText = (_key: string, value: unknown) =>
      value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : value;
    found.set(name, JSON.stringify(documents, toText));
  }
  return found;
}
