import { fileURLToPath } from 'node:url';
import { runCommand, type CommandResult } from '../../shared/src/embedded/set-up/run-command.ts';

const BIN = fileURLToPath(new URL('../../shared/bin/understudy.mjs', import.meta.url));

/** Runs a command of `npx understudy` in a folder, with nothing of this process's environment but what finds Node. */
export function understudy(
  args: readonly string[],
  { cwd, env }: { cwd: string; env: Record<string, string> },
): Promise<CommandResult> {
  const { PATH = '', HOME = '' } = process.env;
  return runCommand(process.execPath, [BIN, ...args], { env: { PATH, HOME, ...env }, cwd });
}
