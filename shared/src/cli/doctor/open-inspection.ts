import type { Environment, MasterKeys } from '../../config.ts';
import type { EmbeddedConfig } from '../../embedded/config.ts';
import { StartError } from '../../errors.ts';
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
  const toNamed = (name: 'MONGODB_URI' | 'REDIS_URL') =>
    isUnreadable(env, config, name) ? '' : config[name];
  const named = { ...config, MONGODB_URI: toNamed('MONGODB_URI'), REDIS_URL: toNamed('REDIS_URL') };
  const { location, folder, mongodbUri, redisUrl, publicUrl } = findInstallation(named);
  const toAbsent = (check: string, name: 'MONGODB_URI' | 'REDIS_URL') =>
    refuse(check, ...(isUnreadable(env, config, name) ? sayUnreadable(name) : sayUnset(name, location)));
  const [store, redis] = await Promise.all([
    mongodbUri !== null ? openLedger(mongodbUri) : toAbsent('mongodb', 'MONGODB_URI'),
    redisUrl !== null ? openRedis(redisUrl) : toAbsent('redis', 'REDIS_URL'),
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

/** What was named and cannot be read is not replaced by another that happens to lie or run here. */
const isUnreadable = (env: Environment, config: EmbeddedConfig, name: keyof EmbeddedConfig) =>
  Boolean(env[name]) && config[name] === undefined;

type Words = [what: string, fix: string];

const refuse = (check: string, ...[what, fix]: Words): Reached<never> => ({
  ok: false,
  finding: fail(check, what, fix),
});

const sayUnreadable = (name: string): Words => [
  `${name} cannot be read, so what it leads to was not looked at.`,
  'Put it right, as said above, and run this again.',
];

const sayUnset = (name: string, location: string): Words => [
  `${name} is not set, and nothing of this installation runs in ${location}.`,
  `Set ${name}, or run \`npm start\`, or lead UNDERSTUDY_DATA_DIR to the folder where it runs.`,
];

function openKeyRing(env: Environment, config: EmbeddedConfig, folder: string | null): Reached<KeyRing> {
  const refuseKeys = (...words: Words) => refuse('master keys', ...words);
  if (isUnreadable(env, config, 'UNDERSTUDY_MASTER_KEYS'))
    return refuseKeys(
      'UNDERSTUDY_MASTER_KEYS cannot be read.',
      'Put it back from its copy, as VERSION:KEY[,VERSION:KEY…]; `openssl rand -base64 32` makes a key.',
    );
  try {
    return { ok: true, value: createKeyRing(findKeys(env, config)) };
  } catch (error) {
    if (!(error instanceof StartError))
      return refuseKeys(
        `The data folder’s master keys cannot be read: ${toLine(toErrorMessage(error))}`,
        'Let this user read the folder and the file master-keys in it, or run this as the user that runs `npm start`.',
      );
    if (folder !== null) return refuseKeys('The data folder’s master keys cannot be read.', error.message);
    return refuseKeys(
      'There are no master keys: UNDERSTUDY_MASTER_KEYS is not set.',
      'Set it to what the processes are started with.',
    );
  }
}

const findKeys = (env: Environment, { UNDERSTUDY_DATA_DIR }: EmbeddedConfig): MasterKeys =>
  findMasterKeys({ UNDERSTUDY_MASTER_KEYS: env['UNDERSTUDY_MASTER_KEYS'], UNDERSTUDY_DATA_DIR });
