import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const FIXTURE = fileURLToPath(new URL('./__fixtures__/closing.ts', import.meta.url));
const LONG_MS = 600_000;

interface Line {
  msg: string;
}

/** Ends a process by SIGTERM; gives its exit code, and what it logged besides that it stops. */
function end(way: string, drainMs = LONG_MS) {
  return new Promise<{ code: number; logged: Line[] }>((resolve) => {
    execFile(process.execPath, [FIXTURE, way, String(drainMs)], (error, stdout) => {
      const lines = stdout.split('\n').filter((line) => line !== '');
      const logged = lines.map((line) => JSON.parse(line) as Line);
      // Wherever it stands: at an abrupt end the last line may overtake one that is still being written.
      resolve({ code: Number(error?.code ?? 0), logged: logged.filter(({ msg }) => msg !== 'stopping') });
    });
  });
}

const WARN = 40;
const ERROR = 50;
const FATAL = 60;

it('ends with 0 once all is closed', async () => {
  expect(await end('ends')).toMatchObject({ code: 0, logged: [{ msg: 'stopped' }] });
});

it('says in order that it stops and that it has stopped', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [FIXTURE, 'ends', String(LONG_MS)]);
  expect(stdout.match(/stopp(ing|ed)/g)).toEqual(['stopping', 'stopped']);
});

it('ends also where nobody reads what it says any more', async () => {
  const child = spawn(process.execPath, [FIXTURE, 'ends', String(LONG_MS)], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  child.stdout.destroy();
  expect(await once(child, 'exit')).toEqual([0, null]);
});

it.each([
  [
    'where something does not close',
    'fails',
    LONG_MS,
    ERROR,
    { err: { message: 'a store would not close' } },
  ],
  ['where closing takes too long', 'hangs', 1, ERROR, { drainMs: 1 }],
  ['at another error meanwhile', 'throws', LONG_MS, FATAL, { err: { message: 'thrown while stopping' } }],
  ['at a second signal', 'signalled', LONG_MS, WARN, { signal: 'SIGINT' }],
])('ends with 1 %s, and says so', async (_, way, drainMs, level, said) => {
  const { code, logged } = await end(way, drainMs);
  expect(code).toBe(1);
  expect(logged).toMatchObject([{ level, ...said, msg: expect.any(String) }]);
});
