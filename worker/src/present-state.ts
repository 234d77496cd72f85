import { setTimeout as delay } from 'node:timers/promises';
import type { Service } from '@understudy/shared/runtime/lifecycle';
import type { Logger } from '@understudy/shared/runtime/logger';
import type { Store } from '@understudy/shared/store/connect';
import { migrationStatus } from '@understudy/shared/store/migrations/run-migrations';
import type { VersionWatcher } from '@understudy/shared/store/versions/watch-versions';

/** The watcher reads every 500 ms; a copy older than this means that the process slept. */
const FRESH_MS = 1_500;
const FIRST_READ_EVERY_MS = 500;
const FIRST_READ_BOUND_MS = 60_000;

/** What this process knows of providers and settings, kept present. */
export interface PresentState extends Service {
  /** Reads again first where the copies are old. Never throws: with the ledger away the last known state serves. */
  refresh(): Promise<void>;
}

/**
 * Starts only when the ledger's migrations have run (by the API process) and everything was read once, since a job
 * must not meet an empty list of providers.
 */
export function createPresentState(options: {
  store: Store;
  watcher: VersionWatcher;
  logger: Logger;
}): PresentState {
  const { store, watcher, logger } = options;
  let reading: Promise<void> | null = null;
  let stopping = false;

  function readOnce(): Promise<void> {
    reading ??= watcher.refresh().finally(() => {
      reading = null;
    });
    return reading;
  }

  async function untilRead() {
    const endsAt = performance.now() + FIRST_READ_BOUND_MS;
    for (let warned = false; !stopping; warned = true) {
      try {
        const migrations = await migrationStatus(store);
        if (migrations.some(({ appliedAt }) => appliedAt === null))
          throw new Error('Migrations have not run');
        return await readOnce();
      } catch (err) {
        if (performance.now() >= endsAt) throw err;
        if (!warned) logger.warn({ err }, 'waiting for the ledger and its migrations');
      }
      await delay(FIRST_READ_EVERY_MS);
    }
  }

  return {
    async refresh() {
      if (watcher.ageMs() < FRESH_MS) return;
      await readOnce().catch((err: unknown) => logger.warn({ err }, 'going on with the last known state'));
    },
    async start() {
      await untilRead();
      if (!stopping) await watcher.start();
    },
    async stop() {
      stopping = true;
      await watcher.stop();
    },
  };
}
