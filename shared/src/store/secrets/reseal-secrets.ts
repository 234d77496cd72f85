import type { Envelope, KeyRing } from '../../secrets/key-ring.ts';
import { addByKey } from '../add-by-key.ts';
import type { Store } from '../connect.ts';
import { inTransaction, type ClientSession } from '../transaction.ts';
import { writeAudit } from '../audit/write-audit.ts';
import { bumpVersion } from '../versions/versions.ts';
import { tryOpen } from '../../secrets/try-open.ts';
import { SEALED_KINDS, type SealedKind, type SealedRecord } from './sealed-records.ts';

/** How many secrets of a kind were sealed anew, and from which versions. */
export interface Resealed {
  kind: string;
  count: number;
  fromVersions: Record<number, number>;
}

interface Batch extends Resealed {
  /** The last record that was looked at; null at the end. */
  last: string | null;
}

const BATCH = 200;
const ACTOR = { tokenId: null, name: 'npx understudy keys rotate' };

/**
 * Seals every secret that is on another version with the first master key. Each batch is one transaction, with its row in
 * the audit log, so that it may be broken off, run twice, and run while operators change things: their change wins. What
 * does not open stays as it is. Revisions stay too: to operators and clients nothing changed.
 */
export async function resealSecrets(
  store: Store,
  keyRing: KeyRing,
  { batchSize = BATCH }: { batchSize?: number } = {},
): Promise<Resealed[]> {
  const resealed: Resealed[] = [];
  for (const kind of SEALED_KINDS) {
    const total: Resealed = { kind: kind.name, count: 0, fromVersions: {} };
    for (let after: string | null = ''; after !== null;) {
      const from: string = after;
      const batch: Batch = await inTransaction(store, (session) =>
        resealBatch(store, { keyRing, kind, after: from, limit: batchSize, session }),
      );
      total.count += batch.count;
      addByKey(total.fromVersions, batch.fromVersions);
      after = batch.last;
    }
    resealed.push(total);
  }
  return resealed;
}

async function resealBatch(
  store: Store,
  step: { keyRing: KeyRing; kind: SealedKind; after: string; limit: number; session: ClientSession },
): Promise<Batch> {
  const { keyRing, kind, after, limit, session } = step;
  const records = await kind.read(store, { after, limit }, session);
  const fromVersions: Record<number, number> = {};
  let count = 0;
  for (const record of records) {
    const { envelopes, moved } = reseal(record, keyRing);
    if (moved.length === 0 || !(await kind.replace(store, record, envelopes, session))) continue;
    count += moved.length;
    for (const version of moved) fromVersions[version] = (fromVersions[version] ?? 0) + 1;
  }
  if (count > 0) {
    const [{ version }] = keyRing.keys;
    const target = { kind: 'keys', id: String(version), name: kind.name };
    const row = { before: { count, fromVersions }, after: { count, version }, requestId: null };
    await writeAudit(store, { actor: ACTOR, action: 'keys.rotated', target, ...row }, session);
    // Workers read the providers again, and find that the keys themselves are the same.
    if (kind.name === 'provider keys') await bumpVersion(store, 'providers', session);
  }
  const last = records.length < limit ? null : (records.at(-1)?._id ?? null);
  return { kind: kind.name, count, fromVersions, last };
}

/** The record's envelopes as they are to be, and the versions of those that are new. */
function reseal({ envelopes, place }: SealedRecord, keyRing: KeyRing) {
  const [{ version }] = keyRing.keys;
  const moved: number[] = [];
  const next = envelopes.map((envelope): Envelope => {
    if (envelope.keyVersion === version) return envelope;
    const opened = tryOpen(keyRing, envelope, place);
    if (!opened.ok) return envelope;
    moved.push(envelope.keyVersion);
    return keyRing.encrypt(opened.value, place);
  });
  return { envelopes: next, moved };
}
