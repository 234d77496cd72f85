import closeWithGrace from 'close-with-grace';
import type { Logger } from './logger.ts';

/** Something that runs. Both calls are safe to make twice. */
export interface Service {
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** How long a process may take to drain before it ends anyway. */
export const DRAIN_MS = 15_000;

/**
 * Closes `close` once on SIGTERM, SIGINT, an uncaught error, or when the supervisor that forked this process is
 * gone; a second signal ends at once. Exits 0 after a signal, and 1, saying why, where that was not all in order.
 */
export function closeOnSignals(
  logger: Logger,
  close: () => Promise<void>,
  { drainMs = DRAIN_MS }: { drainMs?: number } = {},
): void {
  const options = {
    delay: drainMs,
    logger: false as const,
    onTimeout: () => logger.error({ drainMs }, 'ending with work left: stopping took too long'),
    onSecondSignal: (signal: string) => logger.warn({ signal }, 'ending at once at a second signal'),
    onSecondError: (err: unknown) => logger.fatal({ err }, 'ending at once after another error'),
  };
  const handle = closeWithGrace(options, async ({ signal, err }) => {
    if (err) logger.fatal({ err }, 'stopping after an error that nobody caught');
    else logger.info({ signal }, 'stopping');
    try {
      await close();
      logger.info('stopped');
    } catch (error) {
      logger.error({ err: error }, 'ending out of order: stopping failed');
      throw error;
    } finally {
      // What is still being written at the exit would come last, and with nobody to read it hold up the exit for ever.
      await new Promise<void>((resolve) => logger.flush(() => resolve()));
    }
  });
  process.once('disconnect', () => handle.close());
}

/**
 * A service whose body is `runOnce`, called again `intervalMs` after it ended. Errors are never thrown: the first in a
 * row is logged, and the run that works again, so that a store that is away for an hour makes two lines.
 */
export function createPeriodicService(options: {
  name: string;
  intervalMs: number;
  runOnce: () => Promise<void>;
  logger: Logger;
}): Service {
  let timer: NodeJS.Timeout | null = null;
  let running: Promise<void> = Promise.resolve();
  let started = false;
  let isFailing = false;

  const runOnce = async () => {
    const { name: service, logger } = options;
    try {
      await options.runOnce();
      if (isFailing) logger.info({ service }, 'a periodic run works again');
      isFailing = false;
    } catch (err) {
      if (!isFailing) logger.warn({ err, service }, 'a periodic run failed');
      isFailing = true;
    }
  };

  const schedule = (delayMs: number) => {
    timer = setTimeout(() => {
      running = runOnce().finally(() => {
        if (started) schedule(options.intervalMs);
      });
    }, delayMs);
  };

  return {
    async start() {
      if (started) return;
      started = true;
      schedule(0);
    },
    async stop() {
      started = false;
      if (timer) clearTimeout(timer);
      await running;
    },
  };
}
