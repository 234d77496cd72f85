import type { Readiness } from '@understudy/shared/contracts/system';
import { inTime } from '@understudy/shared/runtime/in-time';
import type { Context } from '../context.ts';

/** A store that takes longer counts as away: whoever asks has a limit of its own. */
const PING_MS = 1_000;

/** Whether this process accepts requests and reaches each of its stores. */
export async function readReadiness(ctx: Context): Promise<Readiness> {
  const [mongodb, redis] = await Promise.all([isUp(ctx.store.ping()), isUp(ctx.redis.ping())]);
  const ready = mongodb && redis && ctx.isAccepting();
  return {
    status: ready ? 'ready' : 'not_ready',
    stores: { mongodb: mongodb ? 'up' : 'down', redis: redis ? 'up' : 'down' },
  };
}

async function isUp(ping: Promise<unknown>): Promise<boolean> {
  try {
    await inTime(ping, PING_MS, () => new Error(`No answer within ${PING_MS} ms`));
    return true;
  } catch {
    return false;
  }
}
