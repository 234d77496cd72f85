import { fileURLToPath } from 'node:url';
import type { Guardian } from '../../shared/src/embedded/processes/guardian.ts';
import { launch, type Exit, type Launched } from '../../shared/src/embedded/processes/launch.ts';
import { eventually } from '../../shared/src/testing/eventually.ts';

export type Role = 'api' | 'worker' | 'scheduler';

/** One process of the product as production runs it, in the hands of a test. */
export interface AppProcess {
  /** Starts it and waits until it says that it runs. */
  start(): Promise<void>;
  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<void>;
  /** SIGSTOP: it keeps its connections and its claims, and does nothing. */
  freeze(): void;
  thaw(): void;
  /** SIGTERM; resolves with how it ended, and how long that took. */
  stop(): Promise<Exit & { ms: number }>;
  isRunning(): boolean;
  pid(): number;
  /** The lines that it printed, over all its lives. */
  lines(): string[];
}

const RUNS: Record<Role, RegExp> = {
  api: /the API is listening/,
  worker: /the worker runs/,
  scheduler: /the scheduler runs/,
};
const START_MS = 30_000;

const toEntry = (role: Role) => fileURLToPath(new URL(`../../${role}/src/main.ts`, import.meta.url));

export function createAppProcess(options: {
  role: Role;
  env: Record<string, string>;
  guardian: Guardian;
}): AppProcess {
  const { role, env, guardian } = options;
  let current: Launched | null = null;
  let output = '';
  const signal = (name: NodeJS.Signals) => void current?.child.kill(name);

  return {
    async start() {
      const { PATH = '' } = process.env;
      const before = output.length;
      const launched = await launch(process.execPath, [toEntry(role)], {
        kind: 'app',
        guardian,
        env: { PATH, ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      current = launched;
      for (const stream of [launched.child.stdout, launched.child.stderr])
        stream?.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
      let ended = false;
      void launched.exited.then(() => (ended = true));
      await eventually(() => ended || RUNS[role].test(output.slice(before)), { timeoutMs: START_MS });
      if (ended) throw new Error(`The ${role} did not start:\n${output.slice(before)}`);
    },
    async kill() {
      signal('SIGKILL');
      await current?.exited;
    },
    freeze: () => signal('SIGSTOP'),
    thaw: () => signal('SIGCONT'),
    async stop() {
      const startedAt = performance.now();
      signal('SIGTERM');
      const exit = (await current?.exited) ?? { code: null, signal: null };
      return { ...exit, ms: performance.now() - startedAt };
    },
    pid: () => current?.pid ?? 0,
    isRunning: () => current?.child.exitCode === null && current.child.signalCode === null,
    lines: () => output.split('\n').filter((line) => line !== ''),
  };
}
