import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';

const main = fileURLToPath(new URL('./main.ts', import.meta.url));

/** The demo as it is called in a folder where another one is named as the data folder. */
function run(args: string[] = []) {
  const cwd = mkdtempSync(join(tmpdir(), 'understudy-demo-'));
  onTestFinished(() => rmSync(cwd, { recursive: true }));
  writeFileSync(join(cwd, '.env'), 'UNDERSTUDY_DATA_DIR=elsewhere\n');
  const env = { PATH: process.env['PATH'] };
  return spawnSync(process.execPath, [main, ...args], { cwd, env, encoding: 'utf8' });
}

test('the demo finds the service by .env, as whatever starts it does', () => {
  const { stderr, status } = run();
  expect(stderr).toContain(join('elsewhere', 'admin-token'));
  expect(status).toBe(1);
});

test('the demo keeps the admin token of this machine from a service elsewhere', () => {
  const { stderr, status } = run(['--url', 'http://127.0.0.1:1']);
  expect(stderr).toContain('--url needs --token');
  expect(status).toBe(1);
});
