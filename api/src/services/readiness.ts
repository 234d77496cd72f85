import type { Readiness } from '@understudy/shared/contracts/system';
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
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => (timer = setTimeout(() => resolve(false), PING_MS)));
  try {
    return await Promise.race([ping.then(() => true), late]);
  } catch {
    return false;
  } finally {
    clearTimeout(timer);
  }
}
