import type { Readiness } from '../contracts/system.ts';

export type ReachedStores = Readiness['stores'];

/** Which stores answer now. A store that hangs counts as down by its own connection's time-out, or by that of its `ping`. */
export async function readStores(
  ping: Record<keyof ReachedStores, () => Promise<unknown>>,
): Promise<ReachedStores> {
  const reached = async (store: keyof ReachedStores) =>
    ping[store]().then(
      () => 'up' as const,
      () => 'down' as const,
    );
  const [mongodb, redis] = await Promise.all([reached('mongodb'), reached('redis')]);
  return { mongodb, redis };
}

/** Ready is who accepts work and reaches each of its stores. */
export function toReadiness(stores: ReachedStores, isAccepting: boolean): Readiness {
  const isReady = isAccepting && stores.mongodb === 'up' && stores.redis === 'up';
  return { status: isReady ? 'ready' : 'not_ready', stores };
}
