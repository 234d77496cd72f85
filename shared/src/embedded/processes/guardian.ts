import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { toErrorMessage } from '../../runtime/error-message.ts';
import { StartError } from '../../errors.ts';
import { createBackoff, RESTART_BACKOFF } from './backoff.ts';

/** The order of the end: apps first, since they still write to the stores. */
export type Kind = 'app' | 'store';

export type GuardianMessage = { type: 'watch'; pid: number; kind: Kind } | { type: 'forget'; pid: number };

export interface Guardian {
  watch(pid: number, kind: Kind): void;
  forget(pid: number): void;
  /** Kills (SIGKILL) all that is watched, at once. */
  killAll(): void;
  /** Ends the guardian, which ends what it still watches; safe to call twice. */
  stop(): Promise<void>;
}

export interface GuardianOptions {
  /** A file that the guardian locks while anything of its may run; it waits for the one before it. */
  lock: string;
  /** It died and could not be replaced, which is tried again after `waitMs`. */
  onDown?: (reason: string, waitMs: number) => void;
}

/**
 * Starts the small process that ends the watched ones when this process is gone, however it died.
 * @throws where the guardian before it does not end
 */
export async function startGuardian({ lock, onDown = () => {} }: GuardianOptions): Promise<Guardian> {
  const watched = new Map<number, Kind>();
  const stopped = new AbortController();
  let child = await forkGuardian(lock);
  const send = (message: GuardianMessage) => {
    if (child.connected) child.send(message, () => {}); // One that is dying is replaced and told all anew.
  };
  const replaceWhenDead = () => child.once('exit', () => void replace());
  const replace = async () => {
    const next = await forkUntilStopped();
    if (!next) return;
    child = next;
    for (const [pid, kind] of watched) send({ type: 'watch', pid, kind });
    replaceWhenDead();
    if (stopped.signal.aborted) child.disconnect();
  };
  const forkUntilStopped = async (): Promise<ChildProcess | null> => {
    const backoff = createBackoff(RESTART_BACKOFF);
    while (!stopped.signal.aborted) {
      try {
        return await forkGuardian(lock);
      } catch (error) {
        const waitMs = backoff.next(0);
        if (!stopped.signal.aborted) onDown(toErrorMessage(error), waitMs);
        await delay(waitMs, undefined, { signal: stopped.signal }).catch(() => {});
      }
    }
    return null;
  };
  replaceWhenDead();
  return {
    watch(pid, kind) {
      watched.set(pid, kind);
      send({ type: 'watch', pid, kind });
    },
    forget(pid) {
      watched.delete(pid);
      send({ type: 'forget', pid });
    },
    killAll() {
      for (const pid of watched.keys()) kill(pid);
    },
    async stop() {
      stopped.abort();
      if (child.connected) child.disconnect();
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    },
  };
}

async function forkGuardian(lock: string): Promise<ChildProcess> {
  const script = fileURLToPath(new URL('./guardian-process.ts', import.meta.url));
  const child = fork(script, [lock], {
    detached: true,
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    execArgv: [],
  });
  const ready = once(child, 'message').then(() => true);
  if (await Promise.race([ready, once(child, 'exit').then(() => false)])) return child;
  throw new StartError(
    `What ran before in this data folder has not ended yet (${lock}). Try again in a few seconds.`,
  );
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}
