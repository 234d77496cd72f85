import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { installPackages } from './install-packages.mjs';

/** A project whose npm is a stand-in that "installs" a Node of the given version, or fails. */
function setup({ nodeVersion = 'v24.1.0', npmStatus = 0 } = {}) {
  const root = mkdtempSync(path.join(tmpdir(), 'understudy-packages-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const node = path.join(root, 'node_modules/.bin/node');
  mkdirSync(path.dirname(node), { recursive: true });
  writeFileSync(path.join(root, 'package-lock.json'), '{}');
  const npm = path.join(root, 'npm.sh');
  writeFileSync(
    npm,
    `echo "$@" >> '${root}/calls'\nprintf '#!/bin/sh\\necho ${nodeVersion}\\n' > '${node}'\nchmod 755 '${node}'\nexit ${npmStatus}\n`,
  );
  chmodSync(npm, 0o755);
  const lines: string[] = [];
  const install = () =>
    installPackages({
      root,
      env: { npm_node_execpath: '/bin/sh', npm_execpath: npm },
      report: (line) => lines.push(line),
    });
  return { root, lines, install, node };
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
  const { root, install } = setup();
  install();
  expect(readFileSync(path.join(root, 'calls'), 'utf8')).toMatch(/^ci .*--include=dev\b/);
});

test('says so when npm fails, and tries again the next time', () => {
  const { lines, install } = setup({ npmStatus: 7 });
  expect(install).toThrow(/npm ci failed \(exit 7\)/);
  expect(install).toThrow(/npm ci failed/);
  expect(lines).toHaveLength(2);
});

test('refuses a Node that is not the one of the project', () => {
  const { root, install } = setup({ nodeVersion: 'v20.20.2' });
  expect(install).toThrow(/Node 24 is needed, but node_modules\/\.bin\/node is v20\.20\.2/);
  expect(existsSync(path.join(root, 'node_modules/.understudy-installed'))).toBe(false);
});
