import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Environment } from '../../config.ts';
import { lastLines, runCommand } from '../../embedded/set-up/run-command.ts';
import { SetUpError } from '../../embedded/set-up/set-up-error.ts';
import { findOnPath } from '../../embedded/stores/binaries.ts';

interface InstallChromiumOptions {
  root: string;
  env: Environment;
  report: (line: string) => void;
  isRoot?: boolean;
  /** Whether Playwright has downloaded a browser before. */
  hasPlaywrightsOwn?: () => Promise<boolean>;
}

/** The shell first: it shows the same pages, for some half of the processor time. */
const NAMES = [
  'chromium-headless-shell',
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
];

const REMEDY =
  'Install Chromium or Chrome so that it is on PATH (Debian: apt-get install chromium), or leave the browser tests ' +
  'out with `npm test -- --no-browser`.';

/** A Chromium of this machine; `null` where there is none on PATH. */
export function findChromium(env: Environment): string | null {
  return NAMES.map((name) => findOnPath(name, env)).find((found) => found !== null) ?? null;
}

/** Makes a Chromium present: the machine's, Playwright's own, Debian's package, or Playwright's download. @throws {SetUpError} */
export async function installChromium(options: InstallChromiumOptions): Promise<void> {
  const {
    root,
    env,
    report,
    isRoot = process.getuid?.() === 0,
    hasPlaywrightsOwn = hasPlaywrightChromium,
  } = options;
  const isThere = async () => findChromium(env) !== null || (await hasPlaywrightsOwn());
  if (await isThere()) return;
  const failures: string[] = [];
  if (isRoot && findOnPath('apt-get', env)) failures.push(await installFromDebian(env, report));
  if (!(await isThere())) failures.push(await downloadWithPlaywright(root, env, report));
  if (await isThere()) return report('Chromium is ready.');
  throw new SetUpError(
    `there is no Chromium for the browser tests, and none can be had:\n${failures.join('\n')}`,
    REMEDY,
  );
}

async function hasPlaywrightChromium(): Promise<boolean> {
  const { chromium } = await import('@playwright/test');
  return existsSync(chromium.executablePath());
}

async function installFromDebian(env: Environment, report: (line: string) => void): Promise<string> {
  report('Installing Chromium with apt-get, about 100 MB …');
  const quiet = { ...env, DEBIAN_FRONTEND: 'noninteractive' };
  const update = await runCommand('apt-get', ['update', '-q'], { env: quiet });
  if (update.status !== 0) return lastLines(update);
  const install = (name: string) =>
    runCommand('apt-get', ['install', '-y', '-q', '--no-install-recommends', name], { env: quiet });
  const shell = await install('chromium-headless-shell');
  // Older ones do not have it.
  return lastLines(shell.status === 0 ? shell : await install('chromium'));
}

async function downloadWithPlaywright(
  root: string,
  env: Environment,
  report: (line: string) => void,
): Promise<string> {
  report("Fetching Chromium: Playwright's own download, about 170 MB …");
  const playwright = path.join(root, 'node_modules/.bin/playwright');
  return lastLines(await runCommand(playwright, ['install', 'chromium'], { env, cwd: root }));
}
