import type { Environment } from '../config.ts';
import { parseEmbeddedConfig } from '../embedded/config.ts';
import { StartError } from '../errors.ts';
import { findInstallation } from './find-installation.ts';

export interface Location {
  mongodbUri: string;
  publicUrl: string;
}

/** Where the ledger and the console of an installation are. @throws {StartError} where there is no ledger */
export function locate(env: Environment): Location {
  const { location, mongodbUri, publicUrl } = findInstallation(parseEmbeddedConfig(env));
  if (mongodbUri !== null) return { mongodbUri, publicUrl };
  throw new StartError(
    `Understudy is not running here (${location}), or is only just starting. Start it with \`npm start\`, or set MONGODB_URI to its ledger ` +
      'or UNDERSTUDY_DATA_DIR to its data folder.',
  );
}
