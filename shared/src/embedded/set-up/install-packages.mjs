import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { withLock } from './with-lock.mjs';

const MARKER = 'node_modules/.understudy-installed';
const LOCK = '.understudy-installing';
const NODE_MAJOR = 24;

/**
 * Installs the locked packages unless a marker says that exactly these are there, and checks the project's Node. Of two
 * that begin at once the second waits for the first.
 * @param {{ root: string, env: Record<string, string | undefined>, report: (line: string) => void }} options
 * @returns {string} the path of the Node that the project runs on
 * @throws {Error} saying what to do by hand
 */
export function installPackages({ root, env, report }) {
  const marker = path.join(root, MARKER);
  const wanted = fingerprint(path.join(root, 'package-lock.json'));
  const findInstalled = () => (read(marker) === wanted ? findNode(root) : null);
  const work = () => findInstalled() ?? install({ root, env, report, marker, wanted });
  const onWait = (/** @type {string} */ holder) =>
    report(`Process ${holder} installs the packages: waiting for it …`);
  return findInstalled() ?? withLock(path.join(root, LOCK), work, onWait);
}

/** @param {{ root: string, env: Record<string, string | undefined>, report: (line: string) => void, marker: string, wanted: string }} options */
function install({ root, env, report, marker, wanted }) {
  const startedAt = Date.now();
  report('Installing the packages of package-lock.json (npm ci, about a minute) …');
  rmSync(marker, { force: true });
  const [command, ...args] = npmCommand(env);
  const { status, error } = spawnSync(
    command,
    // The console is built by what npm leaves out under NODE_ENV=production.
    [...args, 'ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'],
    {
      cwd: root,
      stdio: ['ignore', 'inherit', 'inherit'],
    },
  );
  if (error || status !== 0) {
    throw new Error(
      `npm ci failed (${error?.message ?? `exit ${status}`}). Its message is above; run \`npm ci\` by hand once that is put right.`,
    );
  }
  const node = findNode(root);
  assertNodeVersion(node);
  writeFileSync(marker, wanted);
  report(`Packages installed in ${Math.round((Date.now() - startedAt) / 1000)} s.`);
  return node;
}

/**
 * The project's own Node; where npm linked none, since it may run no install script, the Node 24 that runs this.
 * @param {string} root
 */
function findNode(root) {
  const own = path.join(root, 'node_modules/.bin/node');
  if (existsSync(own)) return own;
  return process.versions.node.startsWith(`${NODE_MAJOR}.`) ? process.execPath : null;
}

/**
 * npm silently falls back to the host's Node where the script of the `node` package was not allowed to run.
 * @param {string | null} node
 * @returns {asserts node is string}
 */
function assertNodeVersion(node) {
  const found = (node && spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout?.trim()) || 'not there';
  if (found.startsWith(`v${NODE_MAJOR}.`)) return;
  throw new Error(
    `Node ${NODE_MAJOR} is needed, but node_modules/.bin/node is ${found}. npm may have blocked the install script of ` +
      'the package `node`: run `npm rebuild node --ignore-scripts=false`, or install Node 24 and start with that.',
  );
}

/**
 * The npm that called us, under the Node that it runs on: ours in node_modules is about to be replaced.
 * @param {Record<string, string | undefined>} env
 * @returns {[string, ...string[]]}
 */
function npmCommand(env) {
  return env.npm_execpath && env.npm_node_execpath ? [env.npm_node_execpath, env.npm_execpath] : ['npm'];
}

/** @param {string} lockFile */
function fingerprint(lockFile) {
  const lock = createHash('sha256').update(readFileSync(lockFile)).digest('hex');
  return `${lock} ${process.platform}-${process.arch}\n`;
}

/** @param {string} file */
function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}
