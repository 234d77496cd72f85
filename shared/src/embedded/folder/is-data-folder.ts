import { existsSync } from 'node:fs';
import path from 'node:path';
import { MASTER_KEYS_FILE } from './master-keys.ts';

/** Whether `npm start` ever ran in a folder; looking makes none. */
export function isDataFolder(folder: string): boolean {
  return existsSync(path.join(folder, MASTER_KEYS_FILE));
}
