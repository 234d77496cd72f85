import { toProxiedUri } from '../../../shared/src/testing/tcp-proxy.ts';
import type { Fleet } from '../../support/fleet.ts';
import { mongodbProtocol } from './mongodb-protocol.ts';
import type { Protocol, RoundTrip } from './round-trip.ts';
import { watch } from './watched-proxy.ts';

/** A way to both stores on which every round trip is noted, for one process of the product. */
export interface WatchedStores {
  /** For a process that is to go this way. */
  env: Record<string, string>;
  /** Ended since the last call. */
  take(): RoundTrip[];
  close(): Promise<void>;
}

/** `redisProtocol` is shared by all ways, so that a script which one process sent is known on each. */
export async function watchStores(
  { mongod, redis }: Pick<Fleet, 'mongod' | 'redis'>,
  redisProtocol: Protocol,
): Promise<WatchedStores> {
  const lead = async (uri: string, protocol: Protocol) => {
    const proxy = await watch(new URL(uri).host, protocol);
    return { proxy, uri: toProxiedUri(uri, proxy) };
  };
  const ledger = await lead(mongod.uri, mongodbProtocol);
  const motor = await lead(redis.uri, redisProtocol);
  return {
    env: { MONGODB_URI: ledger.uri, REDIS_URL: motor.uri },
    take: () => [...ledger.proxy.take(), ...motor.proxy.take()],
    async close() {
      await Promise.all([ledger.proxy.close(), motor.proxy.close()]);
    },
  };
}
