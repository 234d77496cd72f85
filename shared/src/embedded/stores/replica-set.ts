import { setTimeout as delay } from 'node:timers/promises';
import { MongoClient, MongoServerError, type Db, type Document } from 'mongodb';

export const REPLICA_SET = 'understudy';

interface ReplicaSetOptions {
  port: number;
  user: string;
  password: string;
  signal: AbortSignal;
}

const RETRY_MS = 50;
const NOT_YET_INITIALIZED = 94;
const AUTHENTICATION_FAILED = 18;

/**
 * Brings a one-node replica set to where it takes writes, from whatever an earlier start left: nothing, a set without
 * its user, or one that was made on another port. @throws when `signal` aborts first
 */
export async function bringUpReplicaSet(options: ReplicaSetOptions): Promise<void> {
  const { signal } = options;
  for (let last: unknown; ; await delay(RETRY_MS, undefined, { signal }).catch(() => {})) {
    if (signal.aborted) throw new Error(`it took no writes in time (${last})`, { cause: last });
    try {
      if (await advance(options)) return;
    } catch (error) {
      last = error; // Still starting, or an election is on: ask again.
    }
  }
}

/** Takes the next step towards a writable set; `true` when there is none left. */
async function advance({ port, user, password }: ReplicaSetOptions): Promise<boolean> {
  const asUser = await connect(port, { username: user, password });
  if (!asUser) return await makeSetAndUser(port, user, password);
  try {
    return await takesWrites(asUser.db('admin'), port);
  } finally {
    await asUser.close();
  }
}

/** A client on the one node, or `null` where it does not know the user. */
async function connect(
  port: number,
  auth?: { username: string; password: string },
): Promise<MongoClient | null> {
  const client = new MongoClient(`mongodb://127.0.0.1:${port}/admin`, {
    directConnection: true,
    serverSelectionTimeoutMS: 2_000,
    ...(auth && { auth }),
  });
  try {
    await client.db('admin').command({ ping: 1 });
    return client;
  } catch (error) {
    await client.close();
    if (error instanceof MongoServerError && error.code === AUTHENTICATION_FAILED) return null;
    throw error;
  }
}

/** mongod lets a client of the same machine do this without a password as long as there is no user. */
async function makeSetAndUser(port: number, user: string, password: string): Promise<boolean> {
  const client = await connect(port);
  if (!client) return false;
  try {
    const admin = client.db('admin');
    if (!(await isPrimary(admin))) {
      await initiate(admin, port);
      return false;
    }
    await admin.command({ createUser: user, pwd: password, roles: ['root'] });
    return false;
  } finally {
    await client.close();
  }
}

async function initiate(admin: Db, port: number): Promise<void> {
  const config = { _id: REPLICA_SET, members: [member(port)] };
  await admin.command({ replSetInitiate: config }).catch((error: unknown) => {
    const isThere = error instanceof MongoServerError && error.codeName === 'AlreadyInitialized';
    if (!isThere) throw error;
  });
}

async function takesWrites(admin: Db, port: number): Promise<boolean> {
  const config = await readConfig(admin);
  if (!config) {
    await initiate(admin, port);
    return false;
  }
  if (config['members'][0].host === member(port).host) return await isPrimary(admin);
  // The port it was made on was taken since; a member that does not find itself in the set needs force.
  const version = config['version'] + 1;
  await admin.command({ replSetReconfig: { ...config, version, members: [member(port)] }, force: true });
  return false;
}

async function readConfig(admin: Db): Promise<Document | null> {
  try {
    return (await admin.command({ replSetGetConfig: 1 }))['config'] as Document;
  } catch (error) {
    if (error instanceof MongoServerError && error.code === NOT_YET_INITIALIZED) return null;
    throw error;
  }
}

async function isPrimary(admin: Db): Promise<boolean> {
  return (await admin.command({ hello: 1 }))['isWritablePrimary'] === true;
}

function member(port: number): { _id: number; host: string } {
  return { _id: 0, host: `127.0.0.1:${port}` };
}
