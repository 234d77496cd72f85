import { parentOf } from './process-info.ts';

const POLL_MS = 500;

/**
 * Calls `onGone` once when npm, which started this process, has ended: a SIGTERM to npm's own id is not passed on.
 * The shell that npm puts in between may outlive it, so the whole line up to npm is watched.
 */
export function watchParent(onGone: () => void): void {
  const parent = process.ppid;
  const grandparent = parentOf(parent);
  const timer = setInterval(() => {
    if (process.ppid === parent && parentOf(parent) === grandparent) return;
    clearInterval(timer);
    onGone();
  }, POLL_MS);
  timer.unref();
}
