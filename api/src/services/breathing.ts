import { setImmediate as nextTurn } from 'node:timers/promises';

const MAX_MS = 8;

/** Between the steps of long work: lets everybody else have a turn once the work ran for some milliseconds. */
export function breathing(): () => Promise<void> | undefined {
  let since = performance.now();
  return () => {
    if (performance.now() - since < MAX_MS) return undefined;
    return nextTurn().then(() => void (since = performance.now()));
  };
}
