import { randomBytes } from 'node:crypto';
import type { DataFolder } from './data-folder.ts';
import { createMasterKey, MASTER_KEYS_FILE, readMasterKeys, toLostKeysError } from './master-keys.ts';

export interface Secrets {
  /** As in UNDERSTUDY_MASTER_KEYS. */
  masterKeys: string;
  adminToken: string;
  storePassword: string;
}

export const ADMIN_TOKEN_FILE = 'admin-token';
/** Made last: where it is, the other secrets were there. */
export const STORE_PASSWORD_FILE = 'store-password';

/**
 * The installation's secrets, each made at the first start and kept in a file of its own; master keys that are given
 * stay where they are.
 * @throws {StartError} for a file of master keys that holds none, or that was lost.
 */
export function openSecrets(
  folder: DataFolder,
  given: { adminToken?: string | undefined; masterKeys?: string | undefined },
): Secrets {
  readMasterKeys(folder);
  const masterKeys = given.masterKeys || openMasterKeys(folder);
  if (given.adminToken) folder.write(ADMIN_TOKEN_FILE, `${given.adminToken}\n`);
  return {
    masterKeys,
    adminToken: folder.readOrCreate(ADMIN_TOKEN_FILE, () => `ust_${randomBytes(32).toString('base64url')}`),
    storePassword: folder.readOrCreate(STORE_PASSWORD_FILE, () => randomBytes(32).toString('hex')),
  };
}

function openMasterKeys(folder: DataFolder): string {
  const hasRun = folder.read(STORE_PASSWORD_FILE) !== null;
  return folder.readOrCreate(MASTER_KEYS_FILE, () => {
    if (hasRun) throw toLostKeysError(folder);
    return createMasterKey(1);
  });
}
