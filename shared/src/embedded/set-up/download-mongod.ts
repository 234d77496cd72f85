import { chmod, copyFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { storeVersion } from '../stores/binaries.ts';
import { openPartial } from './open-partial.ts';

/**
 * Fetches MongoDB's own build of mongod for this machine to `target`; `false` where it cannot be had or run.
 * @throws {SetUpError} with the remedy, where it cannot be kept
 */
export async function downloadMongod(target: string, remedy: string): Promise<boolean> {
  const downloadDir = await openPartial(target, remedy);
  try {
    const { MongoBinary } = await import('mongodb-memory-server-core');
    const found = await MongoBinary.getPath({ downloadDir, checkMD5: true });
    const copy = path.join(downloadDir, 'complete');
    await copyFile(found, copy);
    await chmod(copy, 0o755);
    if (!storeVersion(copy)) return false;
    await rename(copy, target);
    return true;
  } catch {
    return false; // No network or no build for this system: the caller says so and goes on to the next source.
  } finally {
    await rm(downloadDir, { recursive: true, force: true });
  }
}
