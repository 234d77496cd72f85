import type { Readiness } from '@understudy/shared/contracts/system';
import { inTime } from '@understudy/shared/runtime/in-time';
import { readStores, toReadiness } from '@understudy/shared/runtime/readiness';
import type { Context } from '../context.ts';

/** A store that takes longer counts as away: whoever asks has a limit of its own. */
const PING_MS = 1_000;

/** Whether this process accepts requests and reaches each of its stores. */
export async function readReadiness(ctx: Context): Promise<Readiness> {
  const stores = await readStores({
    mongodb: () => inPingTime(ctx.store.ping()),
    redis: () => inPingTime(ctx.redis.ping()),
  });
  return toReadiness(stores, ctx.isAccepting());
}

function inPingTime(ping: Promise<unknown>): Promise<unknown> {
  return inTime(ping, PING_MS, () => new Error(`No answer within ${PING_MS} ms`));
}
