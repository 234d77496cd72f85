import { randomBytes } from 'node:crypto';
import { environment, parseConfig, type MasterKeys } from '../../config.ts';
import { StartError } from '../../errors.ts';
import type { DataFolder } from './data-folder.ts';

export const MASTER_KEYS_FILE = 'master-keys';

/** As UNDERSTUDY_MASTER_KEYS has it. */
export function createMasterKey(version: number): string {
  return `${version}:${randomBytes(32).toString('base64')}`;
}

/**
 * The installation's master keys; null where it has none yet.
 * @throws {StartError} for a file that holds none: a new key in its place would leave every stored secret closed.
 */
export function readMasterKeys(folder: Pick<DataFolder, 'read' | 'file'>): MasterKeys | null {
  const content = folder.read(MASTER_KEYS_FILE);
  if (content === null) return null;
  const { UNDERSTUDY_MASTER_KEYS } = environment;
  try {
    return parseConfig({ UNDERSTUDY_MASTER_KEYS }, { UNDERSTUDY_MASTER_KEYS: content.trim() })
      .UNDERSTUDY_MASTER_KEYS;
  } catch (cause) {
    throw new StartError(
      `${folder.file(MASTER_KEYS_FILE)} must hold VERSION:KEY[,VERSION:KEY…], each version once, each key 32 bytes in ` +
        'base64. Put it back from a copy: without it the stored keys of providers and webhooks do not open.',
      { cause },
    );
  }
}

/** Of a folder that Understudy ran in, with keys that are not in it. */
export function toLostKeysError(folder: Pick<DataFolder, 'file'>): StartError {
  return new StartError(
    `${folder.file(MASTER_KEYS_FILE)} is missing, though Understudy ran in this folder before. Put it back from the ` +
      'back-up of the folder, or set UNDERSTUDY_MASTER_KEYS to the keys that it ran with: with a new one the stored ' +
      'keys of providers and webhooks do not open.',
  );
}

/**
 * Puts a new version in front of the installation's master keys, whole or not at all, and keeps a copy of the file as
 * it was. @throws {StartError} where there are none.
 */
export function addMasterKey(folder: DataFolder, now: Date): { version: number; copy: string } {
  const keys = readMasterKeys(folder);
  if (!keys) throw toLostKeysError(folder);
  const before = folder.read(MASTER_KEYS_FILE)?.trim() ?? '';
  const version = Math.max(...keys.map((key) => key.version)) + 1;
  const copy = `${MASTER_KEYS_FILE}.${now.toISOString().replace(/[:.]/g, '-')}`;
  folder.write(copy, `${before}\n`);
  folder.write(MASTER_KEYS_FILE, `${createMasterKey(version)},${before}\n`);
  return { version, copy: folder.file(copy) };
}
