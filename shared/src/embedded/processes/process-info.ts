import { readFileSync } from 'node:fs';

/** Whether a process runs; one that has ended but that nobody has collected yet (a zombie) does not. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  return readStat(pid)?.state !== 'Z';
}

/** The id of a process's parent where the system tells (Linux), else `null`. */
export function parentOf(pid: number): number | null {
  return readStat(pid)?.parent ?? null;
}

function readStat(pid: number): { state: string; parent: number } | null {
  try {
    // The name in brackets may hold anything, brackets too: what counts comes after the last one.
    const [state = '', parent] = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return { state, parent: Number(parent) };
  } catch {
    return null;
  }
}
