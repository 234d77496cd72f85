import path from 'node:path';
import type { Environment } from '../config.ts';
import { parseEmbeddedConfig } from '../embedded/config.ts';
import { isFolderHeld } from '../embedded/folder/hold.ts';
import { readRuntime } from '../embedded/folder/runtime-file.ts';
import { StartError } from '../embedded/start-error.ts';
import { toPublicUrl } from '../runtime/public-url.ts';

export interface Location {
  mongodbUri: string;
  publicUrl: string;
}

/** Where the ledger and the console are: by MONGODB_URI, else by the embedded installation that runs in the data folder. */
export function locate(env: Environment): Location {
  const config = parseEmbeddedConfig(env);
  if (config.MONGODB_URI)
    return { mongodbUri: config.MONGODB_URI, publicUrl: toPublicUrl(config, config.PORT) };
  const folder = path.resolve(config.UNDERSTUDY_DATA_DIR);
  const runtime = isFolderHeld(folder) ? readRuntime(folder) : null;
  if (runtime) {
    const publicUrl = config.PUBLIC_URL ? toPublicUrl(config, config.PORT) : runtime.publicUrl;
    return { mongodbUri: runtime.mongodbUri, publicUrl };
  }
  throw new StartError(
    `Understudy is not running here (${folder}), or is only just starting. Start it with \`npm start\`, or set MONGODB_URI to its ledger ` +
      'or UNDERSTUDY_DATA_DIR to its data folder.',
  );
}
