import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { runCommand } from '../set-up/run-command.ts';

const GRACE_MS = 10_000;

/**
 * Ends a store of an earlier run whose supervisor and guardian were both killed. A process is taken for it only if its
 * command line names the folder: the id may have been given to another one since.
 */
export async function endLeftover(pid: number | undefined, folder: string): Promise<void> {
  const isOurs = async () => pid !== undefined && (await commandLine(pid)).includes(folder);
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    if (!pid || !(await isOurs())) return;
    process.kill(pid, signal);
    for (const until = Date.now() + GRACE_MS; Date.now() < until && (await isOurs());) await delay(50);
  }
}

async function commandLine(pid: number): Promise<string> {
  if (process.platform === 'linux') return readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  return (await runCommand('ps', ['-o', 'command=', '-p', String(pid)], {})).output;
}
