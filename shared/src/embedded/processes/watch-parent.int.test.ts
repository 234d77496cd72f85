import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { eventually } from '../../testing/eventually.ts';
import { isRunning } from './process-info.ts';

/** A launching shell, npm and a process that watches, each the parent of the next. */
async function setup() {
  const script = fileURLToPath(new URL('../__fixtures__/line-of-parents.ts', import.meta.url));
  const launcher = spawn(process.execPath, [script, '2'], { stdio: ['ignore', 'pipe', 'inherit'] });
  let log = '';
  launcher.stdout.setEncoding('utf8').on('data', (chunk: string) => (log += chunk));
  const pids = () => Array.from(log.matchAll(/^pid (\d+)$/gm), ([, pid]) => Number(pid));
  onTestFinished(() => {
    for (const pid of pids().filter(isRunning)) process.kill(pid, 'SIGKILL');
  });
  await eventually(() => pids().length === 3);
  const [, npm = 0, watcher = 0] = pids();
  const count = (word: string) => log.split('\n').filter((line) => line === word).length;
  /** Lets the watcher look once; gives how often it has found its parent gone so far. */
  const look = async () => {
    const before = count('looked');
    process.kill(watcher, 'SIGUSR2');
    await eventually(() => count('looked') > before);
    return count('gone');
  };
  return { launcher, npm, look };
}

test('goes on while its parent does, though whoever launched that has ended', async () => {
  const { launcher, look } = await setup();
  launcher.kill('SIGKILL');
  await once(launcher, 'exit');
  expect(await look()).toBe(0);
});

test('tells the end of its parent once, however that died', async () => {
  const { npm, look } = await setup();
  expect(await look()).toBe(0);
  process.kill(npm, 'SIGKILL');
  await eventually(async () => (await look()) > 0);
  await look();
  expect(await look()).toBe(1);
});
