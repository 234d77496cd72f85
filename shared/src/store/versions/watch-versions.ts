import type { Logger } from '../../runtime/logger.ts';
import { createPeriodicService, type Service } from '../../runtime/lifecycle.ts';
import { timeOperation } from '../../runtime/store-latency.ts';
import type { Store } from '../connect.ts';
import { VERSIONED, type Versioned } from './model.ts';
import { readVersions } from './versions.ts';

const POLL_MS = 500;

export interface VersionWatcher extends Service {
  /** Reads the versions now and reloads what rose. */
  refresh(): Promise<void>;
  /** Milliseconds on the monotonic clock since the versions were last known to be current. */
  ageMs(): number;
}

/**
 * Reads the versions document every 500 ms and calls `reload[what]` for each thing that rose, so that a change is
 * in force in every process within a second. Everything is loaded once at the first run.
 */
export function createVersionWatcher(options: {
  store: Store;
  logger: Logger;
  reload: Partial<Record<Versioned, () => Promise<void>>>;
}): VersionWatcher {
  const { store, logger, reload } = options;
  const read = timeOperation('read_versions', () => readVersions(store), store.onOperation);
  const loaded: Partial<Record<Versioned, number>> = {};
  let currentAt = Number.NEGATIVE_INFINITY;

  async function refresh() {
    const startedAt = performance.now();
    const versions = await read();
    for (const what of VERSIONED) {
      if (loaded[what] === versions[what]) continue;
      await reload[what]?.();
      loaded[what] = versions[what];
    }
    currentAt = startedAt;
  }

  const polling = createPeriodicService({ name: 'versions', intervalMs: POLL_MS, runOnce: refresh, logger });
  return { ...polling, refresh, ageMs: () => performance.now() - currentAt };
}
