import type { Readiness } from '../contracts/system.ts';
import { inTime } from './in-time.ts';

export type ReachedStores = Readiness['stores'];

/**
 * A store that takes longer counts as away: whoever asks has a limit of its own. Less than a scrape waits for a reading,
 * or a store that is away would have no value in place of a 0.
 */
const PING_MS = 800;

/** Which stores answer now. */
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
