import type { Readiness } from '@understudy/shared/contracts/system';
import { readStores, toReadiness } from '@understudy/shared/runtime/readiness';
import type { Context } from '../context.ts';

/** Whether this process accepts requests and reaches each of its stores. */
export async function readReadiness({ store, redis, isAccepting }: Context): Promise<Readiness> {
  const stores = await readStores({ mongodb: store.ping, redis: () => redis.ping() });
  return toReadiness(stores, isAccepting());
}
