import type { Clock } from '../runtime/clock.ts';
import { createPeriodicService, type Service } from '../runtime/lifecycle.ts';
import type { Logger } from '../runtime/logger.ts';
import { setBounded } from '../runtime/set-bounded.ts';

const INTERVAL_MS = 1_000;
const MAX_REMEMBERED = 10_000;
/** How long after the ledger first answered again a late insert may still arrive from a connection's buffer. */
const LATE_MS = 60_000;

/** What was to be inserted. */
interface Write {
  _id: string;
}

export interface LateWrites<T extends Write> extends Service {
  /** Remembers a write that nobody counts on any more; beyond 10,000 the oldest is forgotten. */
  remember(write: T): void;
  /** Looks for each once. @throws what `look` throws, as where the ledger is away. */
  runOnce(): Promise<void>;
}

/**
 * Looks every second for inserts that the ledger did not confirm in time and that were given up, until a minute after it
 * answers again: only the process that gave one up knows, and it may arrive yet. `look` undoes what is there by now, and
 * calls `forget` for each that needs no more of it, also where it fails for others.
 */
export function createLateWrites<T extends Write>(options: {
  name: string;
  look: (writes: readonly T[], forget: (id: string) => void) => Promise<void>;
  clock: Pick<Clock, 'monotonic'>;
  logger: Logger;
}): LateWrites<T> {
  const { name, look, clock, logger } = options;
  /** By id; `answeredAt` is since when the ledger answers again, on the monotonic clock, null before it did. */
  const remembered = new Map<string, { write: T; answeredAt: number | null }>();

  async function runOnce() {
    const entries = [...remembered.values()];
    if (entries.length === 0) return;
    const writes = entries.map(({ write }) => write);
    await look(writes, (id) => void remembered.delete(id));
    const now = clock.monotonic();
    for (const entry of entries) {
      entry.answeredAt ??= now;
      if (now - entry.answeredAt > LATE_MS) remembered.delete(entry.write._id);
    }
  }

  return {
    ...createPeriodicService({ name, intervalMs: INTERVAL_MS, runOnce, logger }),
    runOnce,
    remember(write) {
      setBounded(remembered, write._id, { write, answeredAt: null }, MAX_REMEMBERED);
    },
  };
}
