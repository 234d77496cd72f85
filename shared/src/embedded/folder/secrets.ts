import { randomBytes } from 'node:crypto';
import type { DataFolder } from './data-folder.ts';
import { createMasterKey, MASTER_KEYS_FILE, readMasterKeys } from './master-keys.ts';

export interface Secrets {
  /** As in UNDERSTUDY_MASTER_KEYS. */
  masterKeys: string;
  adminToken: string;
  storePassword: string;
}

export const ADMIN_TOKEN_FILE = 'admin-token';

/**
 * The installation's secrets, each made at the first start and kept in a file of its own.
 * @throws {StartError} for a file of master keys that holds none.
 */
export function openSecrets(folder: DataFolder, given: { adminToken?: string | undefined }): Secrets {
  readMasterKeys(folder);
  if (given.adminToken) folder.write(ADMIN_TOKEN_FILE, `${given.adminToken}\n`);
  return {
    masterKeys: folder.readOrCreate(MASTER_KEYS_FILE, () => createMasterKey(1)),
    adminToken: folder.readOrCreate(ADMIN_TOKEN_FILE, () => `ust_${randomBytes(32).toString('base64url')}`),
    storePassword: folder.readOrCreate('store-password', () => randomBytes(32).toString('hex')),
  };
}
