import { existsSync } from 'node:fs';
import path from 'node:path';
import { MASTER_KEYS_FILE } from './master-keys.ts';
import { STORE_PASSWORD_FILE } from './secrets.ts';

/** Whether `npm start` ever ran in a folder, also where master keys are given or were lost; looking makes none. */
export function isDataFolder(folder: string): boolean {
  return [MASTER_KEYS_FILE, STORE_PASSWORD_FILE].some((name) => existsSync(path.join(folder, name)));
}
