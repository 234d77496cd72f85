import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

it('leaves nothing behind that keeps a process alive', async () => {
  const script = fileURLToPath(new URL('./testing/contract/leave-nothing-behind.ts', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [script], { timeout: 60_000 });
  const kinds = 'ok, invalid_output, network, network, timeout, silent';
  expect(stdout).toBe(`openai: ${kinds}\nanthropic: ${kinds}\n`);
});
