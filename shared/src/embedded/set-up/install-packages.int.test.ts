import { spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lutimesSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { eventually } from '../../testing/eventually.ts';
import { installPackages } from './install-packages.mjs';

/** A project whose npm is a stand-in that "installs" a Node of the given version or none, or fails. */
function setup({ nodeVersion = 'v24.1.0', npmStatus = 0, meanwhile = '' } = {}) {
  const root = mkdtempSync(path.join(tmpdir(), 'understudy-packages-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const node = path.join(root, 'node_modules/.bin/node');
  mkdirSync(path.dirname(node), { recursive: true });
  writeFileSync(path.join(root, 'package-lock.json'), '{}');
  const npm = path.join(root, 'npm.sh');
  const makeNode = `printf '#!/bin/sh\\necho ${nodeVersion}\\n' > '${node}'; chmod 755 '${node}'`;
  writeFileSync(
    npm,
    `cd '${root}'; echo "$@" >> calls\n${meanwhile}\n${nodeVersion === '' ? '' : makeNode}\nexit ${npmStatus}\n`,
  );
  chmodSync(npm, 0o755);
  const lines: string[] = [];
  const env = { npm_node_execpath: '/bin/sh', npm_execpath: npm };
  const install = () => installPackages({ root, env, report: (line) => lines.push(line) });
  const calls = () => read(path.join(root, 'calls')).split('\n').slice(0, -1);
  return { root, env, lines, install, node, calls, lock: path.join(root, '.understudy-installing') };
}

const read = (file: string) => (existsSync(file) ? readFileSync(file, 'utf8') : '');

/** The same in a process of its own. */
function startInstalling({ root, env }: ReturnType<typeof setup>) {
  const module = new URL('install-packages.mjs', import.meta.url).href;
  const script = `import { installPackages } from '${module}';
    installPackages({ root: '${root}', env: ${JSON.stringify(env)}, report: console.log });`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  onTestFinished(() => void child.kill('SIGKILL'));
  return { child, output: () => output };
}

test('installs what is locked, and then has nothing to do until the lock changes', () => {
  const { root, lines, install, node } = setup();
  expect(install()).toBe(node);
  expect(lines).toHaveLength(2);

  install();
  expect(lines).toHaveLength(2);

  writeFileSync(path.join(root, 'package-lock.json'), '{ "changed": true }');
  install();
  expect(lines).toHaveLength(4);
});

test('installs what builds the console too, which NODE_ENV=production would have npm leave out', () => {
  const { install, calls } = setup();
  install();
  expect(calls()).toEqual([expect.stringMatching(/^ci .*--include=dev\b/)]);
});

test('says so when npm fails, and tries again the next time', () => {
  const { lines, install } = setup({ npmStatus: 7 });
  expect(install).toThrow(/npm ci failed \(exit 7\)/);
  expect(install).toThrow(/npm ci failed/);
  expect(lines).toHaveLength(2);
});

test('refuses a Node that is not the one of the project', () => {
  const { root, install } = setup({ nodeVersion: 'v20.20.2' });
  expect(install).toThrow(
    /Node 24 is needed, but node_modules\/\.bin\/node is v20\.20\.2.*`npm rebuild node --ignore-scripts=false`/,
  );
  expect(existsSync(path.join(root, 'node_modules/.understudy-installed'))).toBe(false);
});

test('takes the Node 24 that runs it where npm may run no install script, and links none', () => {
  const { lines, install } = setup({ nodeVersion: '' });
  expect(install()).toBe(process.execPath);
  expect(install()).toBe(process.execPath);
  expect(lines).toHaveLength(2);
});

test('installs once where two begin at the same time', async () => {
  const project = setup({ meanwhile: 'while [ -e package-lock.json ] && [ ! -e go ]; do sleep 0.1; done' });
  const first = startInstalling(project);
  await eventually(() => project.calls().length === 1);
  const second = startInstalling(project);
  await eventually(() => second.output().includes(`Process ${first.child.pid} installs the packages`));
  writeFileSync(path.join(project.root, 'go'), '');
  await eventually(() => first.child.exitCode === 0 && second.child.exitCode === 0);
  expect(project.calls()).toHaveLength(1);
  expect(existsSync(project.lock)).toBe(false);
});

test.for([
  ['was killed', spawnSync('true').pid, new Date()],
  ['has the number of one that lives, but is of long ago', process.pid, new Date(Date.now() - 3_600_000)],
] as const)('waits for nobody whose process %s', ([, holder, at]) => {
  const { install, lock, node } = setup();
  symlinkSync(String(holder), lock);
  lutimesSync(lock, at, at);
  expect(install()).toBe(node);
  expect(existsSync(lock)).toBe(false);
});
