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

const START_MS = 90_000;

const PROJECT: Installation = {
  node: process.execPath,
  folder: fileURLToPath(new URL('../..', import.meta.url)),
  env: { PATH: process.env['PATH'] ?? '' },
};

/** Where processes are started from, and as whom: the project itself, unless a test has built something else. */
export interface Installation {
  node: string;
  /** The folder that holds `api/`, `worker/` and so on. */
  folder: string;
  env: Record<string, string>;
  uid?: number;
  gid?: number;
}

export function createAppProcess(options: {
  role: Role;
  env: Record<string, string>;
  guardian: Guardian;
  installation?: Installation | undefined;
}): AppProcess {
  const { role, env, guardian, installation = PROJECT } = options;
  const { node, folder, env: base, ...user } = installation;
  let current: Launched | null = null;
  let output = '';
  const signal = (name: NodeJS.Signals) => void current?.child.kill(name);

  return {
    async start() {
      const before = output.length;
      const launched = await launch(node, [`${role}/src/main.ts`], {
        kind: 'app',
        guardian,
        cwd: folder,
        env: { ...base, ...env },
        ...user,
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      current = launched;
      for (const stream of [launched.child.stdout, launched.child.stderr])
        stream?.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
      let ended = false;
      void launched.exited.then(() => (ended = true));
      await eventually(() => ended || output.slice(before).includes(`the ${role} runs`), {
        timeoutMs: START_MS,
      });
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
    pid() {
      if (!current) throw new Error(`No ${role} was started.`);
      return current.pid;
    },
    isRunning: () => current?.child.exitCode === null && current.child.signalCode === null,
    lines: () => output.split('\n').filter((line) => line !== ''),
  };
}
