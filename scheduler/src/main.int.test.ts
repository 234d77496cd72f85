import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const main = fileURLToPath(new URL('main.ts', import.meta.url));

it('names every fault of its environment at once and exits 1', async () => {
  const env = { PATH: process.env['PATH'], REDIS_URL: 'nonsense', LOG_LEVEL: 'loud' };
  const failure = await promisify(execFile)(process.execPath, [main], { env }).catch(
    (error: unknown) => error,
  );
  expect(failure).toMatchObject({ code: 1, stdout: '' });
  const { stderr } = failure as { stderr: string };
  for (const name of ['MONGODB_URI', 'REDIS_URL', 'LOG_LEVEL']) expect(stderr).toContain(name);
});
