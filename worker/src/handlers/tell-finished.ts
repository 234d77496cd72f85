import { publishEvents } from '@understudy/shared/events/events';
import type { Logger } from '@understudy/shared/runtime/logger';
import type { Redis } from '@understudy/shared/runtime/redis';

/** Tells whoever waits for a piece of interactive work that it is done; they also look into the store, only later. */
export async function tellFinished(
  { redis, prefix, logger }: { redis: Redis; prefix: string; logger: Logger },
  requestId: string,
): Promise<void> {
  try {
    await publishEvents(redis, prefix, [{ type: 'interactive.finished', id: requestId }]);
  } catch (err) {
    logger.debug({ err, requestId }, 'the end of interactive work was not told');
  }
}
