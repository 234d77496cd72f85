import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { DataFolder } from './data-folder.ts';

/** What other programs (the CLI, tests) may know of a running installation; the addresses hold passwords. */
export interface Runtime {
  mongodbUri: string;
  redisUrl: string;
  publicUrl: string;
  /** Where this machine finds what each process measures, by the process's name; empty until they start. */
  metricsUrls: Record<string, string>;
  /** Process ids by name (`supervisor`, `mongod`, `redis`, `api`, `worker-1`, `scheduler`). */
  processes: Record<string, number>;
}

export interface RuntimeFile {
  readonly runtime: Readonly<Runtime>;
  update(change: Partial<Omit<Runtime, 'processes'>>): void;
  setProcess(name: string, pid: number): void;
  remove(): void;
}

const FILE = 'runtime.json';

/** Keeps the folder's `runtime.json` in step with what runs; it is not written before the first process is up. */
export function createRuntimeFile(folder: DataFolder, initial: Runtime): RuntimeFile {
  let runtime = initial;
  return {
    get runtime() {
      return runtime;
    },
    update(change) {
      runtime = { ...runtime, ...change };
    },
    setProcess(name, pid) {
      runtime = { ...runtime, processes: { ...runtime.processes, [name]: pid } };
      folder.write(FILE, `${JSON.stringify(runtime, null, 2)}\n`);
    },
    remove: () => folder.remove(FILE),
  };
}

/** What the folder's supervisor wrote last, or `null`; that supervisor may have died since. */
export function readRuntime(folder: string): Runtime | null {
  const file = path.join(folder, FILE);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Runtime) : null;
}
