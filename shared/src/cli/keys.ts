import path from 'node:path';
import { parseEmbeddedConfig } from '../embedded/config.ts';
import { openDataFolder } from '../embedded/folder/data-folder.ts';
import { isDataFolder } from '../embedded/folder/is-data-folder.ts';
import { addMasterKey } from '../embedded/folder/master-keys.ts';
import { withStore } from '../embedded/ledger.ts';
import { StartError } from '../errors.ts';
import { createKeyRing } from '../secrets/key-ring.ts';
import { readKeyHolders } from '../store/key-holders/read-key-holders.ts';
import { readKeyUsage } from '../store/secrets/read-key-usage.ts';
import { resealSecrets } from '../store/secrets/reseal-secrets.ts';
import type { Environment } from '../config.ts';
import { parseOptions, UsageError, type Command, type Report } from './command.ts';
import { findMasterKeys } from './find-master-keys.ts';
import { toLacking, toResealedLines, toStatusReport } from './key-report.ts';
import { locate } from './locate.ts';

export const keys: Command = {
  summary: 'show and rotate the master keys that stored secrets are sealed with',
  help: `Usage: npx understudy keys status | rotate | add

  status   what is sealed with which master key, which running process has which, what does not open, and which
           versions can be dropped; ends with 1 if something does not open
  rotate   seals all that is on an older version with the first one, and says which process still seals with an
           older one. Safe to run again, to break off, and while jobs run: no call is cut, no provider is set up
           anew, no form that is open is stale
  add      puts a new version in front of the data folder's master keys (npm start only)

No secret is printed. The master keys are those of UNDERSTUDY_MASTER_KEYS, or else of the data folder.

Under \`npm start\`:
  1. npx understudy keys add        (keeps a copy of the file as it was)
  2. stop it and run \`npm start\` again
  3. npx understudy keys rotate
  4. npx understudy keys status     says when the old version can be dropped
  5. take the old version out of the file master-keys in the data folder, and start again

In production, without any downtime (\`openssl rand -base64 32\` makes a key):
  1. put the new key second in UNDERSTUDY_MASTER_KEYS, as 1:OLD,2:NEW, and restart every api and worker, one by one
  2. put it first, as 2:NEW,1:OLD, and restart them again, one by one
  3. npx understudy keys rotate     with the same UNDERSTUDY_MASTER_KEYS and MONGODB_URI
  4. npx understudy keys status     says when version 1 can be dropped
  5. take 1:OLD out, and restart them, one by one
Keep old keys as long as you keep backups of the ledger: what is restored from one needs them.
`,
  async run([action, ...args], env) {
    parseOptions(args, {});
    if (action === 'status') return status(env);
    if (action === 'rotate') return rotate(env);
    if (action === 'add') return add(env);
    throw new UsageError(`Say what: keys status, keys rotate, or keys add.\nSee --help.`);
  },
};

function status(env: Environment): Promise<Report> {
  const keyRing = createKeyRing(findMasterKeys(env));
  return withStore(locate(env).mongodbUri, async (store) => {
    const usage = await readKeyUsage(store, keyRing);
    const holders = await readKeyHolders(store);
    return toStatusReport({ known: keyRing.keys, usage, holders, now: new Date() });
  });
}

/** @throws {StartError} where a process that runs could not open what was sealed anew. */
function rotate(env: Environment): Promise<Report> {
  const keyRing = createKeyRing(findMasterKeys(env));
  const [first] = keyRing.keys;
  return withStore(locate(env).mongodbUri, async (store) => {
    const lacking = toLacking(await readKeyHolders(store), first);
    if (lacking.length > 0) {
      throw new StartError(
        `Nothing was changed: these running processes do not have master key ${first.version}, and could not open what is ` +
          `sealed with it. Restart them with it first.\n${lacking.map(({ role, _id }) => `  ${role} ${_id}\n`).join('')}`,
      );
    }
    const resealed = await resealSecrets(store, keyRing);
    const { locked } = await readKeyUsage(store, keyRing);
    const holders = await readKeyHolders(store);
    return toResealedLines({ resealed, locked, holders, version: first.version });
  });
}

/** @throws {StartError} where the keys are not the data folder's. */
async function add(env: Environment): Promise<string> {
  const config = parseEmbeddedConfig(env);
  if (config.UNDERSTUDY_MASTER_KEYS) {
    throw new StartError(
      'UNDERSTUDY_MASTER_KEYS is set, so the file in the data folder is not in use. Put the new key into the variable ' +
        '(`openssl rand -base64 32` makes one); `npx understudy keys --help` has the steps.',
    );
  }
  const location = path.resolve(config.UNDERSTUDY_DATA_DIR);
  if (!isDataFolder(location)) {
    throw new StartError(`There are no master keys in ${location} yet: \`npm start\` makes them.`);
  }
  const { version, copy } = addMasterKey(openDataFolder(location), new Date());
  return (
    `Master key ${version} is the first one now. The file as it was is kept as ${copy}\n` +
    'Stop Understudy and run `npm start` again, then `npx understudy keys rotate`.\n'
  );
}
