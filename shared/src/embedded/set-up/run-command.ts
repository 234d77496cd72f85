import { spawn } from 'node:child_process';
import type { Environment } from '../../config.ts';

export interface CommandResult {
  /** `null` where the command could not be started or was ended by a signal. */
  status: number | null;
  missing: boolean;
  /** Both streams, in the order they came. */
  output: string;
}

/** Runs a command to its end without a terminal and gathers what it says; never throws. */
export function runCommand(
  command: string,
  args: string[],
  { env, cwd, ...user }: { env?: Environment; cwd?: string; uid?: number; gid?: number },
): Promise<CommandResult> {
  return new Promise((resolve) => {
    let output = '';
    const child = spawn(command, args, { env, cwd, ...user, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
    }
    child.once('error', (error: NodeJS.ErrnoException) =>
      resolve({ status: null, missing: error.code === 'ENOENT', output: error.message }),
    );
    child.once('close', (status) => resolve({ status, missing: false, output }));
  });
}

/** The last lines that a command said, for an error message. */
export function lastLines({ output }: CommandResult, count = 3): string {
  return output.trim().split('\n').slice(-count).join('\n');
}
