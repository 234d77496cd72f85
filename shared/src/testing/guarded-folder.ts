import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startGuardian, type Guardian } from '../embedded/processes/guardian.ts';

/** A temporary folder for stores of a test's own, and the guardian under which they run. */
export interface GuardedFolder {
  folder: string;
  guardian: Guardian;
  /** Kills what still runs under the guardian and removes the folder. */
  dispose(): Promise<void>;
}

/** Opens one whose name begins with `prefix`. */
export async function openGuardedFolder(prefix: string): Promise<GuardedFolder> {
  const folder = await mkdtemp(path.join(tmpdir(), prefix));
  const guardian = await startGuardian({ lock: path.join(folder, 'guardian.lock') });
  const dispose = async () => {
    guardian.killAll();
    await guardian.stop();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  return { folder, guardian, dispose };
}
