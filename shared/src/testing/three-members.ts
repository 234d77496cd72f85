import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { MongoClient } from 'mongodb';
import { freePort } from '../embedded/free-port.ts';
import { launch, type Launched } from '../embedded/processes/launch.ts';
import { eventually } from './eventually.ts';
import { openGuardedFolder } from './guarded-folder.ts';
import { requireBinary } from './stores.ts';

const REPLICA_SET = 'three';
/** Longer than any test: a primary that reaches nobody stays one, as it would for a while in the field. */
const ELECTION_MS = 600_000;

/** A replica set of three, whose first is the primary. */
export interface ThreeMembers {
  mongodbUri: string;
  /** Freezes the other two: the primary takes writes, and nobody else has them. */
  isolatePrimary(): void;
  thaw(): void;
  close(): Promise<void>;
}

/** Starts it in a temporary folder, without passwords. */
export async function startThreeMembers(): Promise<ThreeMembers> {
  const { folder, guardian, dispose } = await openGuardedFolder('understudy-three-');
  const binary = requireBinary('mongod', process.env);
  const ports = await Promise.all([freePort(), freePort(), freePort()]);
  const members: Launched[] = [];
  const start = async (port: number) => {
    const data = path.join(folder, String(port));
    await mkdir(data);
    const args = ['--dbpath', data, '--port', String(port), '--bind_ip', '127.0.0.1', '--nounixsocket'];
    args.push('--replSet', REPLICA_SET, '--oplogSize', '64', '--wiredTigerCacheSizeGB', '0.25', '--quiet');
    args.push('--setParameter', 'diagnosticDataCollectionEnabled=false');
    members.push(
      await launch(binary, args, { kind: 'store', guardian, stdio: 'ignore', env: { LC_ALL: 'C' } }),
    );
  };
  const signalOthers = (signal: NodeJS.Signals) =>
    members.slice(1).forEach(({ child }) => child.kill(signal));
  async function close() {
    for (const { child } of members) child.kill('SIGKILL');
    await Promise.all(members.map(({ exited }) => exited));
    await dispose();
  }
  try {
    for (const port of ports) await start(port);
    await initiate(ports);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    mongodbUri: `mongodb://127.0.0.1:${ports[0]}/understudy?replicaSet=${REPLICA_SET}`,
    isolatePrimary: () => signalOthers('SIGSTOP'),
    thaw: () => signalOthers('SIGCONT'),
    close,
  };
}

async function initiate(ports: readonly number[]): Promise<void> {
  const members = ports.map((port, index) => ({
    _id: index,
    host: `127.0.0.1:${port}`,
    priority: index === 0 ? 1 : 0,
  }));
  const settings = { electionTimeoutMillis: ELECTION_MS };
  const client = new MongoClient(`mongodb://127.0.0.1:${ports[0]}/`, { directConnection: true });
  try {
    const admin = client.db('admin');
    const config = { _id: REPLICA_SET, members, settings };
    // It is refused until all of them listen.
    await eventually(() => admin.command({ replSetInitiate: config }));
    // It would stand for election only after that time.
    await eventually(() => admin.command({ replSetStepUp: 1 }));
    await eventually(async () => (await admin.command({ hello: 1 }))['isWritablePrimary'] === true);
  } finally {
    await client.close();
  }
}
