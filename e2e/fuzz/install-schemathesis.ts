import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { lastLines, runCommand } from '../../shared/src/embedded/set-up/run-command.ts';
import { SetUpError } from '../../shared/src/embedded/set-up/set-up-error.ts';

const VERSION = '4.32.5';
const CACHE = fileURLToPath(new URL('../../node_modules/.cache/understudy-fuzz', import.meta.url));
const REMEDY = `install schemathesis ${VERSION} yourself and name its executable in SCHEMATHESIS`;

/**
 * The executable of schemathesis: the one that `SCHEMATHESIS` names, else our own in a Python environment of its own,
 * which is made once. @throws {SetUpError} that says what to do by hand
 */
export async function installSchemathesis(env: NodeJS.ProcessEnv): Promise<string> {
  if (env['SCHEMATHESIS']) return env['SCHEMATHESIS'];
  const folder = path.join(CACHE, `venv-${VERSION}`);
  const executable = path.join(folder, 'bin', 'schemathesis');
  if (existsSync(executable)) return executable;
  console.log(`Installing schemathesis ${VERSION} (once) ...`);
  await mkdir(CACHE, { recursive: true });
  await rm(folder, { recursive: true, force: true });
  try {
    await makeEnvironment(folder, env);
    await installPackage(path.join(folder, 'bin', 'python'), env);
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
  return executable;
}

async function makeEnvironment(folder: string, env: NodeJS.ProcessEnv): Promise<void> {
  const made = await runCommand('python3', ['-m', 'venv', folder], { env });
  if (made.missing) {
    throw new SetUpError('python3 is not on PATH', `Install Python 3.10 or newer with pip, or: ${REMEDY}`);
  }
  if (made.status === 0) return;
  const lacking = `python3 could not make an environment: ${lastLines(made)}`;
  throw new SetUpError(
    lacking,
    `Install its parts (Debian: apt-get install python3-venv python3-pip), or: ${REMEDY}`,
  );
}

async function installPackage(python: string, env: NodeJS.ProcessEnv): Promise<void> {
  const args = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--only-binary=:all:'];
  const pip = await runCommand(python, [...args, `schemathesis==${VERSION}`], { env });
  if (pip.status === 0) return;
  const failed = `pip could not install schemathesis ${VERSION}: ${lastLines(pip)}`;
  throw new SetUpError(
    failed,
    `Check the network and pip's package index, and that Python is 3.10 or newer, or: ${REMEDY}`,
  );
}
