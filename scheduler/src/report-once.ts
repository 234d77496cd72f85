import type { Logger } from '@understudy/shared/runtime/logger';

/**
 * Wraps a run that is repeated: it never throws, its first failure in a row is logged, and so is the run that works
 * again. A store that is away for an hour makes two lines, not hundreds.
 */
export function createReporter(logger: Logger, run: () => Promise<void>): () => Promise<void> {
  let failing = false;
  return async () => {
    try {
      await run();
      if (failing) logger.info('the schedules are in order again');
      failing = false;
    } catch (err) {
      if (!failing) logger.warn({ err }, 'the schedules could not be put in order; trying again');
      failing = true;
    }
  };
}
