import path from 'node:path';
import type { EmbeddedConfig } from '../embedded/config.ts';
import { isFolderHeld } from '../embedded/folder/hold.ts';
import { isDataFolder } from '../embedded/folder/is-data-folder.ts';
import { readRuntime, type Runtime } from '../embedded/folder/runtime-file.ts';
import { toPublicUrl } from '../runtime/public-url.ts';

/** Where an installation is, as far as that can be known from here. */
export interface FoundInstallation {
  /** Where its data folder would be. */
  location: string;
  /** Its data folder; null where `npm start` never ran in one. */
  folder: string | null;
  mongodbUri: string | null;
  redisUrl: string | null;
  publicUrl: string;
}

/** Finds an installation: by the environment, else by what `npm start` runs in the data folder. */
export function findInstallation(config: EmbeddedConfig): FoundInstallation {
  const location = path.resolve(config.UNDERSTUDY_DATA_DIR);
  const running = findRuntime(location);
  const mongodbUri = (config.MONGODB_URI ?? running?.mongodbUri) || null;
  // With another ledger it is another installation: neither its Redis nor its address is that of what runs here.
  const runtime = running?.mongodbUri === mongodbUri ? running : null;
  // It may be served at another port than this command is told of.
  const served = config.PUBLIC_URL ? null : runtime?.publicUrl;
  return {
    location,
    folder: isDataFolder(location) ? location : null,
    mongodbUri,
    redisUrl: (config.REDIS_URL ?? runtime?.redisUrl) || null,
    publicUrl: served ?? toPublicUrl(config, config.PORT),
  };
}

/** What runs in a folder; null also where that cannot be seen: it is another user's, or its disk takes no lock. */
function findRuntime(location: string): Runtime | null {
  try {
    return isFolderHeld(location) ? readRuntime(location) : null;
  } catch (error) {
    if (['EACCES', 'EPERM', 'EROFS'].includes((error as NodeJS.ErrnoException).code ?? '')) return null;
    throw error;
  }
}
