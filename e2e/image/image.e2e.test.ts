import { chmodSync, mkdtempSync, readdirSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePort } from '../../shared/src/embedded/free-port.ts';
import { runCommand } from '../../shared/src/embedded/set-up/run-command.ts';
import { eventually } from '../../shared/src/testing/eventually.ts';
import type { Installation } from '../support/app-process.ts';
import { startFleet, type Fleet } from '../support/fleet.ts';
import { removeData } from '../support/product.ts';
import { buildImage, type BuiltImage } from './build-image.ts';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));
/** Packages are installed and the console is built, twice over. */
const BUILD_MS = 900_000;

let target: string;
let image: BuiltImage;
let installation: Installation;
let fleet: Fleet;

beforeAll(async () => {
  target = mkdtempSync(path.join(tmpdir(), 'understudy-image-'));
  chmodSync(target, 0o755);
  image = await buildImage(PROJECT, target);
  const folder = path.join(image.root, image.workdir);
  makeReadOnly(image.root);
  installation = {
    node: path.join(image.root, 'usr/local/bin/node'),
    folder,
    // Nothing may be written anywhere: not even a folder for what is temporary is there.
    env: { ...image.env, HOST: '127.0.0.1', HOME: folder, TMPDIR: folder, NODE_DISABLE_COMPILE_CACHE: '1' },
    // Only root can become another; everybody else is kept from writing by the modes alone.
    ...(process.getuid?.() === 0 && { uid: image.uid, gid: image.gid }),
  };
  fleet = await startFleet({ installation, apis: 1, workers: 1 });
}, BUILD_MS);
afterAll(async () => {
  await fleet?.close();
  makeWritable(target);
  removeData(target);
});

const eachFolder = (folder: string, change: (folder: string) => void): void => {
  change(folder);
  for (const entry of readdirSync(folder, { withFileTypes: true }))
    if (entry.isDirectory()) eachFolder(path.join(folder, entry.name), change);
};
const makeReadOnly = (root: string) => eachFolder(root, (folder) => chmodSync(folder, 0o555));
const makeWritable = (root: string) => eachFolder(root, (folder) => chmodSync(folder, 0o755));

/** A command in the image, as its user. */
function run([, ...args]: string[], env: Record<string, string> = {}) {
  const { node, folder, env: base, ...user } = installation;
  return runCommand(node, args, { cwd: folder, env: { ...base, ...fleet.env, ...env }, ...user });
}

test('is not root, holds no test, and cannot be written to', async () => {
  expect(image.uid).toBeGreaterThan(0);
  const { output } = await run(['node', '-e', "fs.writeFileSync('shared/src/x', '')"]);
  expect(output).toMatch(/EACCES|EROFS/);
  const files = readdirSync(installation.folder, { recursive: true }) as string[];
  const ours = files.filter((file) => !file.includes('node_modules'));
  expect(ours.filter((file) => /\.test\.ts$|__fixtures__|(^|\/)testing(\/|$)/.test(file))).toEqual([]);
  expect(ours.filter((file) => file.startsWith('e2e') || path.basename(file) === '.env')).toEqual([]);
  expect(statSync(path.join(installation.folder, 'ui/dist/index.html')).isFile()).toBe(true);
});

test('has all that each role needs, from a job to the console', async () => {
  expect(image.command).toEqual(['node', 'api/src/main.ts']);
  const job = await fleet.client.classifications.submit({
    text: 'A bug, I think',
    labels: ['billing', 'bug'],
  });
  const ended = await fleet.client.classifications.wait(job.id, { timeoutMs: 30_000 });
  expect(ended).toMatchObject({ state: 'succeeded', result: { label: 'bug' } });
  const page = await fetch(new URL('/', fleet.urls[0]));
  expect(await page.text()).toContain('<div id="app"');
  const health = () => fleet.client.providers.health();
  await eventually(async () => (await health()).data[0]?.lastCheckedAt ?? false, { timeoutMs: 30_000 });
});

test.for(['worker', 'scheduler'] as const)('says by its health check that a %s is ready', async (role) => {
  const METRICS_PORT = String(await freePort());
  const { app } = await fleet.create(role, { METRICS_PORT });
  const PORT = String(await freePort());
  const check = () => run(image.healthcheck, { METRICS_PORT, PORT });
  expect((await check()).status).toBe(1);
  await app.start();
  expect((await check()).status).toBe(0);
});

test('says by its health check that an API is ready, and runs the commands', async () => {
  const { port: PORT } = new URL(fleet.urls[0] ?? '');
  expect((await run(image.healthcheck, { PORT })).status).toBe(0);
  const METRICS_PORT = String(await freePort());
  expect((await run(image.healthcheck, { PORT, METRICS_PORT })).status).toBe(0);
  const migrated = await run(['node', 'shared/src/cli/main.ts', 'migrate']);
  expect(migrated).toMatchObject({ status: 0, output: expect.not.stringContaining('not run yet') });
  const env = { PUBLIC_URL: fleet.urls[0] ?? '' };
  const examined = await run(['node', 'shared/src/cli/main.ts', 'doctor'], env);
  expect(examined).toMatchObject({ status: 0, output: expect.stringContaining('0 to fix') });
});
