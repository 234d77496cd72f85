import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { isRunning } from '../processes/process-info.ts';
import { runCommand } from '../set-up/run-command.ts';

const GRACE_MS = 10_000;

/**
 * Ends a store of an earlier run whose supervisor and guardian were both killed. A process is taken for it only if its
 * command line names the folder: the id may have been given to another one since.
 */
export async function endLeftover(pid: number | undefined, folder: string): Promise<void> {
  if (!pid || !(await commandLine(pid)).includes(folder)) return;
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    // Not by the command line, which is gone before the process and its hold on the folder are.
    if (!isRunning(pid)) return;
    process.kill(pid, signal);
    for (const until = performance.now() + GRACE_MS; performance.now() < until && isRunning(pid);)
      await delay(50);
  }
}

async function commandLine(pid: number): Promise<string> {
  if (process.platform === 'linux') return readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  return (await runCommand('ps', ['-o', 'command=', '-p', String(pid)], {})).output;
}
