import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Runtime } from '../../shared/src/embedded/folder/runtime-file.ts';
import { COMPILE_CACHE } from '../../shared/src/embedded/processes/launch.ts';

export interface Product {
  /** Where the API and the console are. */
  url: string;
  adminToken: string;
  /** The one-time link that the start printed. */
  loginLink: string;
  dataDir: string;
  pid: number;
  /** What runs now: addresses of the stores and process ids by name. */
  runtime(): Runtime;
  /** Signals one of its processes, by name (SIGKILL); gives its pid. @throws where it has none of this name */
  kill(name: string, signal?: NodeJS.Signals): number;
  /** All that the product has printed so far. */
  log(): string;
  /** Calls the API as the admin; a path such as `/api/providers`. */
  call(path: string, init?: RequestInit): Promise<Response>;
  /** Asks it to end and waits until it has; safe to call twice. */
  stop(signal?: NodeJS.Signals): Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
}

export interface StartOptions {
  /** Where its data lie; a temporary folder by default, which `removeData` removes. */
  dataDir?: string;
  env?: Record<string, string>;
  /** Starts it from a shell in npm's place: `stop` then reaches the shell only. */
  underShell?: boolean;
}

export interface Attempt {
  code: number | null;
  log: string;
}

const MAIN = fileURLToPath(new URL('../../shared/src/embedded/main.ts', import.meta.url));
const START_MS = 120_000;

/** A folder for a product's data, outside of the project. */
export function makeDataDir(): string {
  return mkdtempSync(path.join(tmpdir(), 'understudy-e2e-'));
}

export function removeData(dataDir: string): void {
  rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 });
}

/** Starts the real product on a free port and waits until it is ready. @throws with its whole log when it ends first; then nothing is left */
export async function startProduct(options: StartOptions = {}): Promise<Product> {
  await using stack = new AsyncDisposableStack();
  const dataDir = options.dataDir ?? makeDataDir();
  if (!options.dataDir) stack.defer(() => removeData(dataDir));
  const { child, log, exited } = launchProduct(dataDir, options);
  stack.defer(async () => {
    child.kill('SIGKILL');
    await exited;
  });
  const ready = new Promise<void>((resolve) => {
    child.stdout.on('data', () => {
      if (/Stop {2,}Ctrl-C/.test(log())) resolve();
    });
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), START_MS);
  const isReady = await Promise.race([ready.then(() => true), exited.then(() => false)]);
  clearTimeout(timer);
  if (!isReady) throw new Error(`The product did not start:\n${log()}`);

  const runtime = () => JSON.parse(readFileSync(path.join(dataDir, 'runtime.json'), 'utf8')) as Runtime;
  const url = runtime().publicUrl;
  const adminToken = readFileSync(path.join(dataDir, 'admin-token'), 'utf8').trim();
  stack.move();
  return {
    url,
    adminToken,
    loginLink: /\S+\/login#\S+/.exec(log())?.[0] ?? '',
    dataDir,
    pid: child.pid ?? 0,
    runtime,
    kill(name, signal = 'SIGKILL') {
      const pid = runtime().processes[name];
      // Zero would be the whole group of whoever runs the tests.
      if (!pid) throw new Error(`No process is called ${name}.`);
      process.kill(pid, signal);
      return pid;
    },
    log,
    call(route, init = {}) {
      const headers = {
        authorization: `Bearer ${adminToken}`,
        'content-type': 'application/json',
        ...init.headers,
      };
      return fetch(new URL(route, url), { ...init, headers });
    },
    async stop(signal = 'SIGTERM') {
      child.kill(signal);
      return exited;
    },
  };
}

/** Starts the product where it is not expected to come up, and waits for its end. */
export async function attemptStart(options: StartOptions & { dataDir: string }): Promise<Attempt> {
  const { log, exited } = launchProduct(options.dataDir, options);
  const { code } = await exited;
  return { code, log: log() };
}

function launchProduct(dataDir: string, { env = {}, underShell = false }: StartOptions) {
  const { PATH = '', HOME = '', XDG_CACHE_HOME = '' } = process.env;
  const command = underShell
    ? ['/bin/sh', '-c', `'${process.execPath}' '${MAIN}'; true`]
    : [process.execPath, MAIN];
  const [file = '', ...args] = command;
  const child = spawn(file, args, {
    // Known variables only: what the machine sets must not decide a test. As under npm, it ends with its parent.
    env: {
      PATH,
      HOME,
      XDG_CACHE_HOME,
      PORT: '0',
      npm_lifecycle_event: 'start',
      NODE_COMPILE_CACHE: COMPILE_CACHE,
      ...env,
      UNDERSTUDY_DATA_DIR: dataDir,
    },
    // Away from the project, where a developer's `.env` may lie.
    cwd: dataDir,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
  }
  const exited = once(child, 'close').then(([code, signal]) => ({
    code: code as number | null,
    signal: signal as NodeJS.Signals | null,
  }));
  return { child, log: () => output, exited };
}
