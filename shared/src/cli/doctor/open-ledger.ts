import { toHosts } from '../../net/to-hosts.ts';
import { connectStore, type Store } from '../../store/connect.ts';
import { identifyServer, type ServerIdentity } from '../../store/identify-server.ts';
import { fail, type Finding } from './finding.ts';
import type { Reached } from './inspection.ts';
import { toReason } from './wording.ts';

const CHECK = 'mongodb';
const AUTHENTICATION_FAILED = 18;
const UNAUTHORIZED = 13;

/** A connection to the ledger that may read it, or why there is none. */
export async function openLedger(mongodbUri: string): Promise<Reached<Store>> {
  let store: Store | null = null;
  try {
    store = await connectStore({ mongodbUri });
    await store.migrations.exists({});
    return { ok: true, value: store };
  } catch (error) {
    await store?.close();
    return { ok: false, finding: await explain(mongodbUri, error) };
  }
}

async function explain(mongodbUri: string, error: unknown): Promise<Finding> {
  const at = toHosts(mongodbUri);
  const code = (error as { code?: unknown }).code;
  if (code === AUTHENTICATION_FAILED)
    return fail(
      CHECK,
      `${at} refuses the user or the password.`,
      'Put the right ones into MONGODB_URI, and `authSource` (often admin) if the user is of another database.',
    );
  if (code === UNAUTHORIZED)
    return fail(
      CHECK,
      `${at} does not let this user read the ledger.`,
      'Name a user with the role readWrite on the ledger’s database in MONGODB_URI.',
    );
  return (await explainServer(mongodbUri, at)) ?? toAway(at, error);
}

/** What the server itself says, where no connection as the address asks for it could be made. */
async function explainServer(mongodbUri: string, at: string): Promise<Finding | null> {
  const word = await identifyServer(mongodbUri);
  const asked = new URLSearchParams(mongodbUri.split('?')[1] ?? '').get('replicaSet');
  return word && explainWord(word, { at, asked });
}

/** @param asked the set that MONGODB_URI names */
export function explainWord(
  word: ServerIdentity,
  { at, asked }: { at: string; asked: string | null },
): Finding {
  if (word.isUninitiated)
    return fail(CHECK, `${at} waits to be made a replica set.`, 'Run `rs.initiate()` in mongosh, once.');
  if (word.setName === null) return toStandalone(at);
  if (asked !== null && asked !== word.setName)
    return fail(
      CHECK,
      `${at} belongs to the replica set ${word.setName}, and MONGODB_URI asks for ${asked}.`,
      `Write replicaSet=${word.setName} into MONGODB_URI.`,
    );
  if (word.isWritablePrimary)
    return fail(
      CHECK,
      `${at} answers, but its set names its members ${word.hosts.join(', ')}, and these cannot be reached from here.`,
      'Make those names known on this machine, or reconfigure the set (`rs.reconfig`) with addresses that all can reach.',
    );
  return fail(
    CHECK,
    `The replica set ${word.setName} of ${at} has no primary: nothing can be written.`,
    'Look at `rs.status()` in mongosh: more than half of the members must run and reach each other.',
  );
}

/** No transactions, so nothing of ours runs. */
export function toStandalone(at: string): Finding {
  return fail(
    CHECK,
    `${at} is no replica set, and has no transactions.`,
    'Start mongod with --replSet NAME and run `rs.initiate()` once; one node is enough.',
  );
}

function toAway(at: string, error: unknown): Finding {
  return fail(
    CHECK,
    `${at} does not answer (${toReason(error)}). Nothing that lies in it was looked at.`,
    'Start MongoDB, or fix MONGODB_URI and the way there (name, port, firewall, TLS).',
  );
}
