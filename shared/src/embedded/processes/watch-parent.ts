const POLL_MS = 500;

/**
 * Calls `onGone` once when npm, which started this process, has ended: a SIGTERM to npm's own id is not passed on.
 * The start script is an `exec`, so npm is the parent itself; whoever launched npm may go, as a shell does at logout.
 */
export function watchParent(onGone: () => void): void {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    onGone();
  }, POLL_MS);
  timer.unref();
}
