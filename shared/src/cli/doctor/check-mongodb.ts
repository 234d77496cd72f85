import { isRecent, OLDEST } from '../../embedded/stores/binaries.ts';
import { toHosts } from '../../net/to-hosts.ts';
import { readServer } from '../../store/read-server.ts';
import type { Check } from './check.ts';
import { judgeDisk } from './check-disk.ts';
import { fail, ok, type Finding } from './finding.ts';
import { toStandalone } from './open-ledger.ts';

const CHECK = 'mongodb';

/** Whether the ledger's server is new enough, takes writes and transactions, and has room. */
export const checkMongodb: Check = {
  name: CHECK,
  async run({ store, config }) {
    if (!store.ok) return [store.finding];
    const { version, setName, members, isWritablePrimary, disk } = await readServer(store.value);
    const found: Finding[] = [];
    if (!isRecent('mongod', version))
      found.push(
        fail(CHECK, `MongoDB ${version} is too old.`, `Upgrade it to ${OLDEST.mongod.join('.')} or newer.`),
      );
    if (setName === null) found.push(toStandalone(toHosts(config.MONGODB_URI ?? '')));
    else if (!isWritablePrimary)
      found.push(
        fail(
          CHECK,
          `The member of ${setName} that answered takes no writes.`,
          'Take `directConnection` and `readPreference` out of MONGODB_URI, so that the primary is found.',
        ),
      );
    if (found.length === 0) {
      const size = members === 1 ? '1 member' : `${members} members`;
      found.push(ok(CHECK, `MongoDB ${version}, replica set ${setName} of ${size}, takes writes.`));
    }
    const full = judgeDisk(CHECK, 'The disk of MongoDB', { total: disk.total, free: disk.total - disk.used });
    return full.status === 'ok' ? found : [...found, full];
  },
};
