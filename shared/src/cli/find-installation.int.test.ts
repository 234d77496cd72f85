import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { openDataFolder } from '../embedded/folder/data-folder.ts';
import { holdFolder } from '../embedded/folder/hold.ts';
import { openSecrets } from '../embedded/folder/secrets.ts';

it('finds a folder that another user runs it in, and nothing of what runs there', ({ skip }) => {
  if (process.getuid?.() !== 0) skip('only root can be another user');
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
    process.setuid(65_534);
    const config = parseEmbeddedConfig({ UNDERSTUDY_DATA_DIR: ${JSON.stringify(folder.path)} });
    console.log(JSON.stringify(findInstallation(config)));`;
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
  expect(JSON.parse(stdout)).toMatchObject({ folder: folder.path, mongodbUri: null, redisUrl: null });
});
