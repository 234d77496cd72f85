import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';

test('the demo finds the service by .env, as whatever starts it does', () => {
  const cwd = mkdtempSync(join(tmpdir(), 'understudy-demo-'));
  onTestFinished(() => rmSync(cwd, { recursive: true }));
  writeFileSync(join(cwd, '.env'), 'UNDERSTUDY_DATA_DIR=elsewhere\n');

  const main = fileURLToPath(new URL('./main.ts', import.meta.url));
  const env = { PATH: process.env['PATH'] };
  const { stderr, status } = spawnSync(process.execPath, [main], { cwd, env, encoding: 'utf8' });

  expect(stderr).toContain(join('elsewhere', 'admin-token'));
  expect(status).toBe(1);
});
