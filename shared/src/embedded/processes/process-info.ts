import { readFileSync } from 'node:fs';

/** Whether a process runs; one that has ended but that nobody has collected yet (a zombie) does not. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  return !isZombie(pid);
}

/** As far as the system tells (Linux). */
function isZombie(pid: number): boolean {
  try {
    // The name in brackets may hold anything, brackets too: what counts comes after the last one.
    return /^.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}
