import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { lockFile } from './file-lock.ts';

function setup() {
  const folder = mkdtempSync(path.join(tmpdir(), 'understudy-lock-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return { file: path.join(folder, 'a.lock') };
}

/** Another process that tries to take the lock and then lives on. */
async function startHolder(file: string) {
  const script = fileURLToPath(new URL('../__fixtures__/lock-holder.ts', import.meta.url));
  const holder = spawn(process.execPath, [script, file], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void holder.kill('SIGKILL'));
  const [said] = (await once(holder.stdout, 'data')) as [Buffer];
  return { holder, said: said.toString().trim() };
}

test('is held by one process until that ends, however it dies', async () => {
  const { file } = setup();
  const { holder, said } = await startHolder(file);
  expect(said).toBe('locked');
  expect(lockFile(file)).toBeNull();

  holder.kill('SIGKILL');
  await once(holder, 'exit');

  const lock = lockFile(file);
  expect(lock).not.toBeNull();
  expect((await startHolder(file)).said).toBe('taken');
  lock?.release();
  lock?.release();
  expect((await startHolder(file)).said).toBe('locked');
});

test('waits for a lock as long as it is told to', async () => {
  const { file } = setup();
  const { holder } = await startHolder(file);
  setTimeout(() => holder.kill('SIGKILL'), 0);
  const startedAt = performance.now();

  expect(lockFile(file, { waitMs: 100 })).toBeNull(); // The thread is blocked: the kill cannot come yet.
  expect(performance.now() - startedAt).toBeGreaterThan(90);
  await once(holder, 'exit');
  lockFile(file, { waitMs: 5_000 })?.release();
  expect(performance.now() - startedAt).toBeLessThan(5_000);
});

test('is nobody else’s to read', () => {
  const { file } = setup();
  lockFile(file)?.release();
  expect(statSync(file).mode & 0o777).toBe(0o600);
});
