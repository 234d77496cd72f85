import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { createTestBed, type TestBed } from '../testing/test-bed.ts';
import { runCommand } from './set-up/run-command.ts';

let bed: TestBed;
beforeAll(async () => {
  bed = await createTestBed();
  await bed.store.migrations.create({ _id: 999, name: 'of-tomorrow', appliedAt: new Date() });
});
afterAll(() => bed.close());

test.for([
  ['a start', ['./main.ts']],
  ['npx understudy migrate', ['../cli/main.ts', 'migrate']],
] as const)('on a ledger that a newer version migrated %s says what to do', async ([, [file, ...args]]) => {
  const cwd = mkdtempSync(path.join(tmpdir(), 'understudy-newer-'));
  onTestFinished(() => rmSync(cwd, { recursive: true, force: true }));
  const main = fileURLToPath(new URL(file, import.meta.url));
  const { status, output } = await runCommand(process.execPath, [main, ...args], {
    cwd,
    env: {
      PATH: process.env['PATH'],
      MONGODB_URI: bed.mongodbUri,
      REDIS_URL: bed.redisUrl,
      PORT: '0',
    },
  });
  expect(status).toBe(1);
  expect(output).toMatch(
    /The ledger was migrated by a newer version of Understudy: .* Use the newer version/,
  );
  expect(output).not.toMatch(/^ {4}at |NewerLedgerError/m);
});
