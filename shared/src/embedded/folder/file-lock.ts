import { closeSync, openSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

const SQLITE_BUSY = 5;

export interface FileLock {
  /** Gives the lock back; safe to call twice. */
  release(): void;
}

/** Keeps the databases reachable: one that is collected as garbage is closed, and its lock with it. */
const held = new Set<DatabaseSync>();

/**
 * Locks a file for this process, waiting at most `waitMs` (the thread blocks); `null` where another has it.
 * An SQLite lock is the operating system's: it ends with its process, however that dies, so none is ever stale.
 */
export function lockFile(file: string, { waitMs = 0 } = {}): FileLock | null {
  closeSync(openSync(file, 'a', 0o600));
  const database = new DatabaseSync(file, { timeout: waitMs });
  try {
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if ((error as { errcode?: number }).errcode === SQLITE_BUSY) return null;
    throw error;
  }
  held.add(database);
  return {
    release() {
      if (held.delete(database)) database.close();
    },
  };
}
