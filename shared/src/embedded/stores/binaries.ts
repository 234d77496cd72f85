import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import type { Environment } from '../../config.ts';

export type StoreBinary = 'mongod' | 'redis-server';

/** Oldest versions that have every feature in use. */
export const OLDEST: Record<StoreBinary, [major: number, minor: number]> = {
  mongod: [6, 0],
  'redis-server': [6, 2],
};

/** Where downloaded servers are kept, outside of the project, so that every clone shares them. */
export function cacheFolder(env: Environment): string {
  const base = env['XDG_CACHE_HOME'] || path.join(env['HOME'] || homedir(), '.cache');
  return path.join(base, 'understudy');
}

/** The server's path, on `PATH` (unless too old) or in the cache; `null` where the set-up must fetch it. */
export function findStoreBinary(name: StoreBinary, env: Environment): string | null {
  const onPath = findOnPath(name, env);
  if (onPath && isRecent(name, storeVersion(onPath))) return onPath;
  return findCached(name, env);
}

/** The executable of this name in the cache. */
export function findCached(name: string, env: Environment): string | null {
  const cached = path.join(cacheFolder(env), name);
  return isExecutable(cached) ? cached : null;
}

/** The first executable of this name on `PATH`. */
export function findOnPath(name: string, env: Environment): string | null {
  const folders = (env['PATH'] ?? '').split(path.delimiter).filter((folder) => folder !== '');
  return folders.map((folder) => path.join(folder, name)).find(isExecutable) ?? null;
}

/** What `--version` says (`6.0.5`), or `null` where the binary does not run on this machine. */
export function storeVersion(binary: string): string | null {
  const { status, stdout } = spawnSync(binary, ['--version'], { encoding: 'utf8' });
  return status === 0 ? (/\bv=?(\d+\.\d+\.\d+)/.exec(stdout)?.[1] ?? null) : null;
}

/** Whether a server of this version (`6.0.5`) has every feature in use. */
export function isRecent(name: StoreBinary, version: string | null): boolean {
  const [major = 0, minor = 0] = (version ?? '').split('.').map(Number);
  const [oldestMajor, oldestMinor] = OLDEST[name];
  return major > oldestMajor || (major === oldestMajor && minor >= oldestMinor);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
