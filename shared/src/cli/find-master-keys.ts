import path from 'node:path';
import type { Environment, MasterKeys } from '../config.ts';
import { parseEmbeddedConfig } from '../embedded/config.ts';
import { viewDataFolder } from '../embedded/folder/data-folder.ts';
import { readMasterKeys } from '../embedded/folder/master-keys.ts';
import { isDataFolder } from '../embedded/folder/is-data-folder.ts';
import { StartError } from '../errors.ts';

/** The master keys that the processes are started with: by UNDERSTUDY_MASTER_KEYS, else those of the data folder. */
export function findMasterKeys(env: Environment): MasterKeys {
  const config = parseEmbeddedConfig(env);
  if (config.UNDERSTUDY_MASTER_KEYS) return config.UNDERSTUDY_MASTER_KEYS;
  const folder = path.resolve(config.UNDERSTUDY_DATA_DIR);
  const keys = isDataFolder(folder) ? readMasterKeys(viewDataFolder(folder)) : null;
  if (keys) return keys;
  throw new StartError(
    `There are no master keys in ${folder}. Set UNDERSTUDY_MASTER_KEYS to what the processes are started with, ` +
      'or UNDERSTUDY_DATA_DIR to the data folder of `npm start`.',
  );
}
