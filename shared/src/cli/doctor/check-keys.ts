import { toLacking } from '../key-report.ts';
import { readKeyHolders } from '../../store/key-holders/read-key-holders.ts';
import { readKeyUsage } from '../../store/secrets/read-key-usage.ts';
import type { KeyRing } from '../../secrets/key-ring.ts';
import type { Store } from '../../store/connect.ts';
import type { Check } from './check.ts';
import { fail, ok, warn, type Finding } from './finding.ts';

const CHECK = 'master keys';

/** Whether there are master keys, everything that is stored opens with them, and every process has them. */
export const checkKeys: Check = {
  name: CHECK,
  async run({ keyRing, store }) {
    if (!keyRing.ok) return [keyRing.finding];
    if (!store.ok) return [];
    const [secrets, processes] = await Promise.all([
      lookAtSecrets(store.value, keyRing.value),
      lookAtProcesses(store.value, keyRing.value),
    ]);
    const found = [...secrets, ...processes];
    if (found.length > 0) return found;
    const [{ version }] = keyRing.value.keys;
    return [ok(CHECK, `Version ${version} seals; all that is stored opens.`)];
  },
};

async function lookAtSecrets(store: Store, keyRing: KeyRing): Promise<Finding[]> {
  const [{ version }] = keyRing.keys;
  const { uses, locked } = await readKeyUsage(store, keyRing);
  const closed = locked.map(({ kind, id, name, message }) =>
    fail(CHECK, `Of the ${kind}, that of ${name} (${id}) does not open.`, message),
  );
  const older = uses.filter((use) => use.until === null && use.version !== version);
  if (closed.length > 0 || older.length === 0) return closed;
  const counts = older.map((use) => `${use.count} ${use.kind} on version ${use.version}`).join(', ');
  return [
    warn(
      CHECK,
      `A rotation to version ${version} is not finished: ${counts}.`,
      'Run `npx understudy keys rotate`.',
    ),
  ];
}

async function lookAtProcesses(store: Store, keyRing: KeyRing): Promise<Finding[]> {
  const [first] = keyRing.keys;
  const holders = await readKeyHolders(store);
  const lacking = toLacking(holders, first);
  const names = (of: typeof holders) => of.map(({ role, _id }) => `${role} ${_id}`).join(', ');
  if (lacking.length > 0)
    return [
      fail(
        CHECK,
        `These processes run without master key ${first.version}, or with another one under its number: ${names(lacking)}.`,
        'Restart them with the UNDERSTUDY_MASTER_KEYS that all others have.',
      ),
    ];
  const sealing = holders.filter(({ keys }) => keys[0]?.version !== first.version);
  if (sealing.length === 0) return [];
  return [
    warn(
      CHECK,
      `These processes still seal with an older master key: ${names(sealing)}.`,
      `Restart them with version ${first.version} first, then run \`npx understudy keys rotate\`.`,
    ),
  ];
}
