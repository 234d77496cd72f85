import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { launchStore, openStoreFolder, type RunningStore, type StoreOptions } from './launch-store.ts';
import { bringUpReplicaSet, REPLICA_SET } from './replica-set.ts';

const USER = 'understudy';
const START_MS = 60_000;

/** mongod is killed when closing its files takes longer; its journal covers that. */
export const MONGOD_STOP_MS = 15_000;

/** Where clients find an embedded mongod. */
export function mongodUri({ port, password }: Pick<StoreOptions, 'port' | 'password'>): string {
  return `mongodb://${USER}:${password}@127.0.0.1:${port}/understudy?authSource=admin&replicaSet=${REPLICA_SET}`;
}

/**
 * Starts mongod as a one-node replica set with authentication, on 127.0.0.1 only, and waits until it takes writes.
 * @throws {StoreStartError}
 */
export async function startMongod(options: StoreOptions): Promise<RunningStore> {
  const { folder, port, password } = options;
  const { logFile } = await openStoreFolder(folder, 'mongod');
  const data = path.join(folder, 'data');
  const keyFile = path.join(folder, 'key');
  await mkdir(data, { recursive: true, mode: 0o700 });
  await writeFile(keyFile, `${password}\n`, { mode: 0o600 });

  const args = ['--dbpath', data, '--port', String(port), '--bind_ip', '127.0.0.1', '--nounixsocket'];
  args.push('--replSet', REPLICA_SET, '--keyFile', keyFile, '--oplogSize', '256');
  args.push('--wiredTigerCacheSizeGB', '0.25', '--logpath', logFile, '--logappend', '--quiet');
  // A file that is not used, also that of a dropped collection, is open for another ten minutes otherwise.
  args.push('--wiredTigerEngineConfigString', 'file_manager=(close_idle_time=30,close_scan_interval=5)');
  // A slow operation's log line carries its document: texts must not get there.
  args.push('--slowms', '3600000', '--setParameter', 'diagnosticDataCollectionEnabled=false');
  // What a process held that died in a transaction is free after 10 to 15 s, not after a minute and a half.
  args.push('--setParameter', 'transactionLifetimeLimitSeconds=10');
  const launched = await launchStore(options, {
    name: 'mongod',
    args,
    logFile,
    startMs: START_MS,
    stopMs: MONGOD_STOP_MS,
    untilServing: (signal) => bringUpReplicaSet({ port, user: USER, password, signal }),
  });
  return { ...launched, uri: mongodUri(options) };
}
