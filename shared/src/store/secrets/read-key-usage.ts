import type { mongo } from 'mongoose';
import { DAY_MS } from '../../runtime/durations.ts';
import type { KeyRing } from '../../secrets/key-ring.ts';
import type { Store } from '../connect.ts';
import { toNative } from '../define-model.ts';
import { readDispatchConfig } from '../settings/read-dispatch-config.ts';
import { SEALED_KINDS } from './sealed-records.ts';
import { tryOpen } from '../../secrets/try-open.ts';

/** How much of one kind is on one version of the master key. */
export interface KeyUse {
  kind: string;
  version: number;
  /** Null of what may be millions, and cannot be moved. */
  count: number | null;
  /** When the last of them will have expired, about; null for secrets, which stay until they are sealed anew. */
  until: Date | null;
}

export interface KeyUsage {
  uses: KeyUse[];
  /** Secrets that do not open with the master keys that there are; nothing of the secrets themselves. */
  locked: { kind: string; id: string; name: string; message: string }[];
}

const PAGE = 500;
/** No job stays open for longer. */
const MAX_DEADLINE_DAYS = 7;

/** What needs which version of the master key, and what does not open. */
export async function readKeyUsage(store: Store, keyRing: KeyRing): Promise<KeyUsage> {
  const sealed = await readSealed(store, keyRing);
  const marks = await Promise.all([
    readMarks(store, 'idempotency keys', toNative(store.idempotencyKeys)),
    readMarks(store, 'batches', toNative(store.batches)),
  ]);
  return { uses: [...sealed.uses, ...marks.flat()], locked: sealed.locked };
}

async function readSealed(store: Store, keyRing: KeyRing): Promise<KeyUsage> {
  const uses = new Map<string, KeyUse>();
  const locked: KeyUsage['locked'] = [];
  for (const { name: kind, read } of SEALED_KINDS) {
    for (let after: string | null = ''; after !== null;) {
      const records = await read(store, { after, limit: PAGE });
      for (const { _id: id, name, place, envelopes } of records) {
        for (const envelope of envelopes) {
          const version = Number(envelope?.keyVersion);
          const key = `${kind} ${version}`;
          // A damaged record has none.
          if (Number.isInteger(version))
            uses.set(key, { kind, version, count: (uses.get(key)?.count ?? 0) + 1, until: null });
          const opened = tryOpen(keyRing, envelope, place);
          if (!opened.ok) locked.push({ kind, id, name, message: opened.message });
        }
      }
      after = records.length < PAGE ? null : (records.at(-1)?._id ?? null);
    }
  }
  return { uses: [...uses.values()], locked };
}

/** HMACs of bodies under a key that is derived from the master key: they cannot be moved, and expire with their jobs. */
async function readMarks<T extends { _id: string }>(
  store: Store,
  kind: string,
  collection: mongo.Collection<T & mongo.Document>,
): Promise<KeyUse[]> {
  const { retention } = await readDispatchConfig(store);
  const keptMs = (Math.max(1, retention.jobDays) + MAX_DEADLINE_DAYS) * DAY_MS;
  const uses: KeyUse[] = [];
  for (let version = 0; ;) {
    const [newest] = await collection
      .aggregate<{
        keyVersion: number;
        createdAt: Date;
      }>([
        { $match: { keyVersion: { $gt: version } } },
        { $sort: { keyVersion: 1, createdAt: -1 } },
        { $limit: 1 },
      ])
      .toArray();
    if (!newest) return uses;
    version = newest.keyVersion;
    uses.push({ kind, version, count: null, until: new Date(newest.createdAt.getTime() + keptMs) });
  }
}
