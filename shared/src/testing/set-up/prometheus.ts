import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Environment } from '../../config.ts';
import { openPartial } from '../../embedded/set-up/open-partial.ts';
import { lastLines, runCommand } from '../../embedded/set-up/run-command.ts';
import { SetUpError } from '../../embedded/set-up/set-up-error.ts';
import { cacheFolder, findCached, findOnPath } from '../../embedded/stores/binaries.ts';

/** The server, and the tool that checks its rules. */
export interface Prometheus {
  prometheus: string;
  promtool: string;
}

const NAMES = ['prometheus', 'promtool'] as const;

const REMEDY =
  'install Prometheus so that `prometheus` and `promtool` are on PATH (macOS: brew install prometheus), or leave its ' +
  'tests out with `npm test -- --no-prometheus`.';

/** A Prometheus of this machine, on PATH or in the cache; `null` where the set-up must fetch it. */
export function findPrometheus(env: Environment): Prometheus | null {
  const [prometheus, promtool] = NAMES.map((name) => findOnPath(name, env) ?? findCached(name, env));
  return prometheus && promtool ? { prometheus, promtool } : null;
}

/**
 * Makes a Prometheus present: the machine's, or what is in Debian's or Ubuntu's package. That is only unpacked into the
 * cache: nothing is installed, no service is started, and nobody has to be root. @throws {SetUpError}
 */
export async function installPrometheus(options: {
  env: Environment;
  report: (line: string) => void;
}): Promise<void> {
  const { env, report } = options;
  if (findPrometheus(env)) return;
  if (!findOnPath('apt-get', env) || !findOnPath('dpkg-deb', env)) {
    throw new SetUpError('there is no Prometheus for its tests, and no apt-get to fetch it with', REMEDY);
  }
  report('Fetching Prometheus: the package of this system, about 20 MB …');
  const folder = await openPartial(path.join(cacheFolder(env), 'prometheus'), REMEDY);
  try {
    await unpack(await download(folder, env), folder, env);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  report('Prometheus is ready.');
}

/** Its signature is checked by apt-get, which keeps its lists in a folder of its own here. */
async function download(folder: string, env: Environment): Promise<string> {
  const [lists, cache] = [path.join(folder, 'lists'), path.join(folder, 'cache')];
  await mkdir(path.join(lists, 'partial'), { recursive: true });
  await mkdir(path.join(cache, 'archives/partial'), { recursive: true });
  const apart = ['-q', '-o', `Dir::State::Lists=${lists}`, '-o', `Dir::Cache=${cache}`];
  const update = await runCommand('apt-get', [...apart, 'update'], { env, cwd: folder });
  const fetched = await runCommand('apt-get', [...apart, 'download', 'prometheus'], { env, cwd: folder });
  const file = (await readdir(folder)).find((name) => name.endsWith('.deb'));
  if (fetched.status === 0 && file) return path.join(folder, file);
  throw new SetUpError(
    `there is no Prometheus for its tests, and none can be had:\n${lastLines(update)}\n${lastLines(fetched)}`,
    REMEDY,
  );
}

async function unpack(file: string, folder: string, env: Environment): Promise<void> {
  const unpacked = path.join(folder, 'unpacked');
  const result = await runCommand('dpkg-deb', ['-x', file, unpacked], { env });
  if (result.status !== 0) {
    throw new SetUpError(`the package of Prometheus could not be unpacked:\n${lastLines(result)}`, REMEDY);
  }
  for (const name of NAMES) {
    const binary = path.join(unpacked, 'usr/bin', name);
    const { status } = await runCommand(binary, ['--version'], { env });
    if (status !== 0) throw new SetUpError(`${name} does not run on this machine`, REMEDY);
    await rename(binary, path.join(cacheFolder(env), name));
  }
}
