import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { lockFile, type FileLock } from './file-lock.ts';
import { StartError } from '../../errors.ts';

export const HOLD_FILE = 'hold.lock';

interface Holder {
  pid: number;
  since: string;
}

/** The data folder is in use by another process. */
export class FolderHeldError extends StartError {
  constructor(folder: string, holder: Holder | null) {
    const who = holder ? `process ${holder.pid} since ${holder.since}` : 'another process';
    super(
      `The data folder ${folder} is held by ${who}. Stop that one (Ctrl-C, or kill ${holder?.pid ?? 'PID'}), ` +
        'or choose another folder with UNDERSTUDY_DATA_DIR.',
    );
  }
}

/** Takes the folder for this process alone, until `release` or the process's end. @throws {FolderHeldError} */
export function holdFolder(folder: string, { pid, now }: { pid: number; now: Date }): FileLock {
  const note = path.join(folder, 'held-by.json');
  const lock = lockFile(path.join(folder, HOLD_FILE), { waitMs: 250 }); // A command may be looking at it just now.
  if (!lock) throw new FolderHeldError(folder, readHolder(note));
  writeFileSync(note, JSON.stringify({ pid, since: now.toISOString() } satisfies Holder), { mode: 0o600 });
  return {
    release() {
      rmSync(note, { force: true });
      lock.release();
    },
  };
}

/** Whether some process holds the folder. */
export function isFolderHeld(folder: string): boolean {
  const file = path.join(folder, HOLD_FILE);
  if (!existsSync(file)) return false;
  const lock = lockFile(file);
  lock?.release();
  return lock === null;
}

function readHolder(note: string): Holder | null {
  try {
    return JSON.parse(readFileSync(note, 'utf8')) as Holder;
  } catch {
    return null; // The holder has only just come or is about to go.
  }
}
