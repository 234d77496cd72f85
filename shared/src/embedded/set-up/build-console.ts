import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Environment } from '../../config.ts';
import { lastLines, runCommand } from './run-command.ts';
import { SetUpError } from './set-up-error.ts';

interface BuildConsoleOptions {
  root: string;
  env: Environment;
  report: (line: string) => void;
}

/** Builds the console into `ui/dist`; Turborepo's cache makes this a look-up unless its sources changed. */
export async function buildConsole({ root, env, report }: BuildConsoleOptions): Promise<void> {
  const fresh = !existsSync(path.join(root, 'ui/dist/index.html'));
  if (fresh) report('Building the console …');
  const turbo = path.join(root, 'node_modules/.bin/turbo');
  const quiet = { TURBO_TELEMETRY_DISABLED: '1', TURBO_NO_UPDATE_NOTIFIER: '1', DO_NOT_TRACK: '1' };
  const build = await runCommand(turbo, ['run', 'build', '--output-logs=errors-only', '--ui=stream'], {
    env: { ...env, ...quiet },
    cwd: root,
  });
  if (build.status !== 0) {
    throw new SetUpError(
      `the console could not be built:\n${lastLines(build, 20)}`,
      'Run `npm run build` to see all of it.',
    );
  }
  if (fresh) report('The console is built.');
}
