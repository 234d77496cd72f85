import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Guardian } from './guardian.ts';

export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

export interface Launched {
  pid: number;
  child: ChildProcess;
  /** Settles when the process has ended; never rejects. */
  exited: Promise<Exit>;
}

/** Where Node keeps what it compiled, for the next start: that halves a start's work for the processor. */
export const COMPILE_CACHE = fileURLToPath(
  new URL('../../../../node_modules/.cache/compiled', import.meta.url),
);

interface LaunchOptions extends SpawnOptions {
  kind: 'app' | 'store';
  guardian: Guardian;
}

/**
 * Starts a process in a session of its own, so that a terminal's Ctrl-C reaches the supervisor only, and puts it
 * under the guardian. @throws the system's error where it cannot be started
 */
export async function launch(command: string, args: string[], options: LaunchOptions): Promise<Launched> {
  const { kind, guardian, env, ...spawnOptions } = options;
  const child = spawn(command, args, {
    ...spawnOptions,
    env: env && kind === 'app' ? { NODE_COMPILE_CACHE: COMPILE_CACHE, ...env } : env,
    detached: true,
  });
  const exited = new Promise<Exit>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
  await once(child, 'spawn');
  const pid = child.pid ?? 0; // A spawned process has one.
  guardian.watch(pid, kind);
  void exited.then(() => guardian.forget(pid));
  return { pid, child, exited };
}

/** Asks a process to end (SIGTERM), and kills it when it has not done so after `graceMs`. */
export async function endProcess({ child, exited }: Launched, graceMs: number): Promise<Exit> {
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
  try {
    return await exited;
  } finally {
    clearTimeout(timer);
  }
}

/** How a process ended, for a person. */
export function describeExit({ code, signal }: Exit): string {
  return signal ? `killed by ${signal}` : `exit ${code}`;
}
