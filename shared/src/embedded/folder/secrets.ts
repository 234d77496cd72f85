import { randomBytes } from 'node:crypto';
import type { DataFolder } from './data-folder.ts';

export interface Secrets {
  /** As in UNDERSTUDY_MASTER_KEYS. */
  masterKeys: string;
  adminToken: string;
  storePassword: string;
}

export const ADMIN_TOKEN_FILE = 'admin-token';

/** The installation's secrets, each made at the first start and kept in a file of its own. */
export function openSecrets(folder: DataFolder, given: { adminToken?: string | undefined }): Secrets {
  if (given.adminToken) folder.write(ADMIN_TOKEN_FILE, `${given.adminToken}\n`);
  return {
    masterKeys: folder.readOrCreate('master-keys', () => `1:${randomBytes(32).toString('base64')}`),
    adminToken: folder.readOrCreate(ADMIN_TOKEN_FILE, () => `ust_${randomBytes(32).toString('base64url')}`),
    storePassword: folder.readOrCreate('store-password', () => randomBytes(32).toString('hex')),
  };
}
