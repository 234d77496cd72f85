import type { Readiness } from '../contracts/system.ts';
import { inTime } from './in-time.ts';

export type ReachedStores = Readiness['stores'];

/** Less than a scrape waits for a reading (`read-metric.ts`), so that a store that hangs is told as 0. */
const PING_MS = 800;

/** Which stores answer now, within 0.8 s; one that takes longer is down. */
export async function readStores(
  ping: Record<keyof ReachedStores, () => Promise<unknown>>,
): Promise<ReachedStores> {
  const reached = async (store: keyof ReachedStores) =>
    inTime(ping[store](), PING_MS, () => new Error(`No answer within ${PING_MS} ms`)).then(
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
