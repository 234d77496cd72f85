import type { Context } from '../context.ts';

/**
 * Has this process know of a change that it has just made. The change is made whatever becomes of this: the watcher
 * reads it again within half a second.
 */
export async function refreshCaches({ watcher, logger }: Context): Promise<void> {
  try {
    await watcher.refresh();
  } catch (err) {
    logger.warn({ err }, 'a change was made, but not read back at once');
  }
}
