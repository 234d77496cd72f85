import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import { endLeftover } from './end-leftover.ts';
import { isRunning } from '../processes/process-info.ts';

/** A process whose command line names a folder. */
async function startIn(folder: string): Promise<number> {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)', folder], { stdio: 'ignore' });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child, 'spawn');
  return child.pid ?? 0;
}

test('ends the store that an earlier run left behind', async () => {
  const pid = await startIn('/data/of/this/mongod');
  await endLeftover(pid, '/data/of/this/mongod');
  expect(isRunning(pid)).toBe(false);
});

test('leaves a process alone that has been given the same id since', async () => {
  const pid = await startIn('/data/of/another/program');
  await endLeftover(pid, '/data/of/this/mongod');
  expect(isRunning(pid)).toBe(true);
});

test('has nothing to do after a stop in order', async () => {
  await expect(endLeftover(undefined, '/data/of/this/mongod')).resolves.toBeUndefined();
});
