import type { Environment } from '../config.ts';
import { toPublicUrl } from '../runtime/public-url.ts';
import { choosePort } from './choose-port.ts';
import type { EmbeddedConfig } from './config.ts';
import { openDataFolder, type DataFolder } from './folder/data-folder.ts';
import { endLeftover } from './stores/end-leftover.ts';
import { startGuardian, type Guardian, type GuardianOptions } from './processes/guardian.ts';
import { holdFolder } from './folder/hold.ts';
import { createRuntimeFile, readRuntime, type RuntimeFile } from './folder/runtime-file.ts';
import { openSecrets, type Secrets } from './folder/secrets.ts';
import { findEmbeddedStores, STORE_NAMES, type StorePlan } from './stores/stores.ts';

/** A data folder that is ours alone, and all that is needed to start in it. */
export interface Installation {
  folder: DataFolder;
  port: number;
  stores: StorePlan[];
  secrets: Secrets;
  guardian: Guardian;
  runtimeFile: RuntimeFile;
}

interface ClaimOptions {
  cleanUp: AsyncDisposableStack;
  onGuardianDown: NonNullable<GuardianOptions['onDown']>;
}

/**
 * Takes the data folder, checks what can be checked before anything is started, and ends the stores that a run before
 * left behind.
 * @param cleanUp gets what gives the folder back
 * @throws {StartError} naming what is in the way
 */
export async function claimInstallation(
  config: EmbeddedConfig,
  env: Environment,
  { cleanUp, onGuardianDown }: ClaimOptions,
): Promise<Installation> {
  const folder = openDataFolder(config.UNDERSTUDY_DATA_DIR);
  const hold = holdFolder(folder.path, { pid: process.pid, now: new Date() });
  cleanUp.defer(() => hold.release());
  const stores = findEmbeddedStores(config, env);
  const secrets = openSecrets(folder, {
    adminToken: config.UNDERSTUDY_BOOTSTRAP_TOKEN,
    masterKeys: env['UNDERSTUDY_MASTER_KEYS'],
  });
  const guardian = await startGuardian({ lock: folder.file('guardian.lock'), onDown: onGuardianDown });
  cleanUp.defer(() => guardian.stop());
  // Not before whoever ran here before has let go of it.
  const port = await choosePort(config);
  // Before the file that names them may be removed or written anew.
  const leftover = readRuntime(folder.path)?.processes ?? {};
  await Promise.all(STORE_NAMES.map((name) => endLeftover(leftover[name], folder.file(name))));
  const runtimeFile = createRuntimeFile(folder, {
    mongodbUri: config.MONGODB_URI ?? '',
    redisUrl: config.REDIS_URL ?? '',
    publicUrl: toPublicUrl(config, port),
    metricsUrls: {},
    processes: { supervisor: process.pid },
  });
  cleanUp.defer(() => runtimeFile.remove());
  return { folder, port, stores, secrets, guardian, runtimeFile };
}
