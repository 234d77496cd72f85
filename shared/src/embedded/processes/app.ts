import type { Writable } from 'node:stream';
import type { Environment } from '../../config.ts';
import type { Guardian } from './guardian.ts';
import { launch, type Launched } from './launch.ts';
import { copyLines, type FormatLine } from './log-lines.ts';

export interface AppOptions {
  name: string;
  /** The process's `main.ts`. */
  entry: string;
  env: Environment;
  guardian: Guardian;
  out: Writable;
  format: FormatLine;
}

/** How long an app may drain (its own limit is shorter) before it is killed. */
export const APP_STOP_MS = 17_000;

/** Starts an app under this Node; it has an IPC channel, whose end tells it that the supervisor is gone. */
export async function startApp({ name, entry, env, guardian, out, format }: AppOptions): Promise<Launched> {
  const launched = await launch(process.execPath, [entry], {
    kind: 'app',
    guardian,
    env,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  for (const stream of [launched.child.stdout, launched.child.stderr]) {
    if (stream) copyLines(stream, out, name, format);
  }
  return launched;
}
