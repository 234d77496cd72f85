import type { Environment, MasterKeys } from '../../config.ts';
import type { EmbeddedConfig } from '../../embedded/config.ts';
import { StartError } from '../../embedded/start-error.ts';
import type { Clock } from '../../runtime/clock.ts';
import { toErrorMessage } from '../../runtime/error-message.ts';
import { createKeyRing, type KeyRing } from '../../secrets/key-ring.ts';
import { findInstallation } from '../find-installation.ts';
import { findMasterKeys } from '../find-master-keys.ts';
import { fail } from './finding.ts';
import { openLedger } from './open-ledger.ts';
import { openRedis } from './open-redis.ts';
import type { Inspection, Reached } from './inspection.ts';
import { readEnvironment } from './read-environment.ts';
import { toLine } from './wording.ts';

/** Reaches what can be reached of an installation: by the environment, else what `npm start` runs in the data folder. */
export async function openInspection(
  env: Environment,
  clock: Clock,
): Promise<{ inspection: Inspection; close: () => Promise<void> }> {
  const { config, faults } = readEnvironment(env);
  const { location, folder, mongodbUri, redisUrl, publicUrl } = findInstallation(config);
  const [store, redis] = await Promise.all([
    mongodbUri !== null ? openLedger(mongodbUri) : toAbsent('mongodb', 'MONGODB_URI', location),
    redisUrl !== null ? openRedis(redisUrl) : toAbsent('redis', 'REDIS_URL', location),
  ]);
  const keyRing = openKeyRing(env, config, folder);
  return {
    inspection: { env, config, faults, folder, store, redis, keyRing, publicUrl, clock },
    async close() {
      if (redis.ok) redis.value.disconnect();
      if (store.ok) await store.value.close();
    },
  };
}

function toAbsent(check: string, variable: string, location: string): Reached<never> {
  const what = `${variable} is not set, and nothing runs in ${location}.`;
  const fix = `Set ${variable}, or run \`npm start\`, or lead UNDERSTUDY_DATA_DIR to the folder where it runs.`;
  return { ok: false, finding: fail(check, what, fix) };
}

function openKeyRing(env: Environment, config: EmbeddedConfig, folder: string | null): Reached<KeyRing> {
  const refuse = (what: string, fix: string): Reached<never> => ({
    ok: false,
    finding: fail('master keys', what, fix),
  });
  // One that cannot be read is not replaced by another that happens to lie around.
  if (env['UNDERSTUDY_MASTER_KEYS'] && !config.UNDERSTUDY_MASTER_KEYS)
    return refuse(
      'UNDERSTUDY_MASTER_KEYS cannot be read.',
      'Put it back from its copy, as VERSION:KEY[,VERSION:KEY…]; `openssl rand -base64 32` makes a key.',
    );
  try {
    return { ok: true, value: createKeyRing(findKeys(env, config)) };
  } catch (error) {
    if (!(error instanceof StartError))
      return refuse(
        `The data folder’s master keys cannot be read: ${toLine(toErrorMessage(error))}`,
        'Let this user read the folder and the file master-keys in it, or run this as the user that runs `npm start`.',
      );
    if (folder !== null) return refuse('The data folder’s master keys cannot be read.', error.message);
    return refuse(
      'There are no master keys: UNDERSTUDY_MASTER_KEYS is not set.',
      'Set it to what the processes are started with.',
    );
  }
}

const findKeys = (env: Environment, { UNDERSTUDY_DATA_DIR }: EmbeddedConfig): MasterKeys =>
  findMasterKeys({ UNDERSTUDY_MASTER_KEYS: env['UNDERSTUDY_MASTER_KEYS'], UNDERSTUDY_DATA_DIR });
