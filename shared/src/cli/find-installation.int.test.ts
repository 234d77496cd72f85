import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { openDataFolder } from '../embedded/folder/data-folder.ts';
import { holdFolder } from '../embedded/folder/hold.ts';
import { openSecrets } from '../embedded/folder/secrets.ts';

/** A folder that is held, and a script that says what is found in it once it did as told. */
function setup(first: string) {
  const folder = openDataFolder(mkdtempSync(path.join(tmpdir(), 'understudy-find-')));
  chmodSync(folder.path, 0o755);
  const hold = holdFolder(folder.path, { pid: process.pid, now: new Date() });
  onTestFinished(() => {
    hold.release();
    rmSync(folder.path, { recursive: true, force: true });
  });
  openSecrets(folder, {});
  const toSource = (file: string) => JSON.stringify(new URL(file, import.meta.url));
  const script = `
    const { findInstallation } = await import(${toSource('./find-installation.ts')});
    const { parseEmbeddedConfig } = await import(${toSource('../embedded/config.ts')});
    ${first}
    const config = parseEmbeddedConfig({ UNDERSTUDY_DATA_DIR: ${JSON.stringify(folder.path)} });
    console.log(JSON.stringify(findInstallation(config)));`;
  return { folder, command: [process.execPath, '--input-type=module', '-e', script] };
}

function run([file = '', ...args]: string[]) {
  return spawnSync(file, args, { encoding: 'utf8' });
}

it('finds a folder that another user runs it in, and nothing of what runs there', ({ skip }) => {
  if (process.getuid?.() !== 0) skip('only root can be another user');
  const { folder, command } = setup('process.setuid(65_534);');
  const { stdout } = run(command);
  expect(JSON.parse(stdout)).toMatchObject({ folder: folder.path, mongodbUri: null, redisUrl: null });
});

it('finds a folder on a disk that nobody can write to, and nothing of what runs there', ({ skip }) => {
  const { folder, command } = setup('');
  const mount = 'mount --bind "$0" "$0" && mount -o remount,ro,bind "$0"';
  const onReadOnly = (then: string[]) =>
    run(['unshare', '-rm', 'sh', '-c', `${mount} && exec "$@"`, folder.path, ...then]);
  if (onReadOnly(['true']).status !== 0) skip('no disk can be made read-only here');
  const { stdout } = onReadOnly(command);
  expect(JSON.parse(stdout)).toMatchObject({ folder: folder.path, mongodbUri: null, redisUrl: null });
});
