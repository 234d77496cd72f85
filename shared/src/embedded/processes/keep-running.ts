import { setTimeout as delay } from 'node:timers/promises';
import { toErrorMessage } from '../../runtime/error-message.ts';
import { createBackoff, RESTART_BACKOFF, type BackoffOptions } from './backoff.ts';
import { describeExit, endProcess, type Launched } from './launch.ts';

export interface KeepRunningOptions {
  name: string;
  /** Starts the process and resolves when it is up; rejects, with nothing left running, when it does not come up. */
  start: (signal: AbortSignal) => Promise<Launched>;
  /** How long it may take to end by itself. */
  graceMs: number;
  /** It is up; must not throw. */
  onUp: (pid: number) => void;
  /** It ended, or did not come up, though nobody asked; it is started again after `waitMs`. */
  onDown: (reason: string, waitMs: number) => void;
  backoff?: BackoffOptions;
}

export interface KeptProcess {
  /** Rejects where the very first start fails; from then on failures only lead to the next try. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** Keeps one process running: whenever it ends unasked it is started again, with exponential backoff. */
export function keepRunning(options: KeepRunningOptions): KeptProcess {
  const stopped = new AbortController();
  const backoff = createBackoff(options.backoff ?? RESTART_BACKOFF);
  let current: Launched | null = null;
  let firstStart: Promise<void> | null = null;
  let following: Promise<void> | null = null;

  const startOnce = async (): Promise<Launched> => {
    const launched = await options.start(stopped.signal);
    if (stopped.signal.aborted) {
      await endProcess(launched, options.graceMs);
      throw new Error(`${options.name} was stopped while it started.`);
    }
    current = launched;
    options.onUp(launched.pid);
    return launched;
  };

  /** Starts it once more and sees it to its end; gives the reason of the end. */
  const runOnce = async (): Promise<string> => {
    try {
      const launched = await startOnce();
      return describeExit(await launched.exited);
    } catch (error) {
      return toErrorMessage(error);
    }
  };

  const follow = async (first: Launched): Promise<void> => {
    let startedAt = performance.now();
    let reason = describeExit(await first.exited);
    while (!stopped.signal.aborted) {
      const waitMs = backoff.next(performance.now() - startedAt);
      options.onDown(reason, waitMs);
      await delay(waitMs, undefined, { signal: stopped.signal }).catch(() => {});
      startedAt = performance.now();
      if (!stopped.signal.aborted) reason = await runOnce();
    }
  };

  return {
    async start() {
      firstStart ??= startOnce().then((first) => {
        following = follow(first);
      });
      await firstStart;
    },
    async stop() {
      stopped.abort();
      if (current) await endProcess(current, options.graceMs);
      await following;
    },
  };
}
