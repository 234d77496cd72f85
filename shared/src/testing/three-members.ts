import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { MongoClient } from 'mongodb';
import { freePort } from '../embedded/free-port.ts';
import { startGuardian } from '../embedded/processes/guardian.ts';
import { endProcess, launch, type Launched } from '../embedded/processes/launch.ts';
import { MONGOD_STOP_MS } from '../embedded/stores/mongod.ts';
import { eventually } from './eventually.ts';
import { requireBinary } from './stores.ts';

const NAME = 'three';
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
  const folder = await mkdtemp(path.join(tmpdir(), 'understudy-three-'));
  const guardian = await startGuardian({ lock: path.join(folder, 'guardian.lock') });
  const binary = requireBinary('mongod', process.env);
  const ports = await Promise.all([freePort(), freePort(), freePort()]);
  const start = async (port: number): Promise<Launched> => {
    const data = path.join(folder, String(port));
    await mkdir(data);
    const args = ['--dbpath', data, '--port', String(port), '--bind_ip', '127.0.0.1', '--nounixsocket'];
    args.push('--replSet', NAME, '--oplogSize', '64', '--wiredTigerCacheSizeGB', '0.25', '--quiet');
    args.push('--setParameter', 'diagnosticDataCollectionEnabled=false');
    return launch(binary, args, { kind: 'store', guardian, stdio: 'ignore', env: { LC_ALL: 'C' } });
  };
  const members = await Promise.all(ports.map(start));
  const others = members.slice(1);
  const thaw = () => others.forEach(({ child }) => child.kill('SIGCONT'));
  await initiate(ports);
  return {
    mongodbUri: `mongodb://127.0.0.1:${ports[0]}/understudy?replicaSet=${NAME}`,
    isolatePrimary: () => others.forEach(({ child }) => child.kill('SIGSTOP')),
    thaw,
    async close() {
      thaw();
      await Promise.all(members.map((member) => endProcess(member, MONGOD_STOP_MS)));
      await guardian.stop();
      await rm(folder, { recursive: true, force: true });
    },
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
    await admin.command({ replSetInitiate: { _id: NAME, members, settings } });
    // It would stand for election only after that time.
    await eventually(() => admin.command({ replSetStepUp: 1 }).then(() => true));
    await eventually(async () => (await admin.command({ hello: 1 }))['isWritablePrimary'] === true);
  } finally {
    await client.close();
  }
}
