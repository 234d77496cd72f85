import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { openDataFolder } from '../embedded/folder/data-folder.ts';
import { holdFolder } from '../embedded/folder/hold.ts';
import { createRuntimeFile, type Runtime } from '../embedded/folder/runtime-file.ts';

/** A data folder as it is while `npm start` runs in it, until the test ends or `hold` is released. */
export function makeRunningFolder(addresses: Pick<Runtime, 'mongodbUri' | 'redisUrl' | 'publicUrl'>) {
  const folder = openDataFolder(mkdtempSync(path.join(tmpdir(), 'understudy-running-')));
  const hold = holdFolder(folder.path, { pid: process.pid, now: new Date() });
  createRuntimeFile(folder, { ...addresses, metricsUrls: {}, processes: {} }).setProcess(
    'supervisor',
    process.pid,
  );
  onTestFinished(() => {
    hold.release();
    rmSync(folder.path, { recursive: true, force: true });
  });
  return { folder, hold };
}
