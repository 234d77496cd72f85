import { spawn, type ChildProcess } from 'node:child_process';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { eventually } from '../../testing/eventually.ts';
import { lockFile } from '../folder/file-lock.ts';
import { startGuardian, type Kind } from './guardian.ts';
import { isRunning } from './process-info.ts';

function setup() {
  const folder = mkdtempSync(path.join(tmpdir(), 'understudy-guardian-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return { lock: path.join(folder, 'guardian.lock') };
}

/** A process that keeps another one under a guardian. */
async function startOwner(lock: string, guardedScript = '', kind: Kind = 'store') {
  const script = fileURLToPath(new URL('../__fixtures__/guarded.ts', import.meta.url));
  const owner = spawn(process.execPath, [script, lock, guardedScript, kind], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void owner.kill('SIGKILL'));
  const [line] = (await once(owner.stdout, 'data')) as [Buffer];
  return { owner, guarded: Number(line.toString()) };
}

test('ends what it watches when its owner is killed', async () => {
  const { owner, guarded } = await startOwner(setup().lock);
  expect(isRunning(guarded)).toBe(true);

  owner.kill('SIGKILL');

  await eventually(() => !isRunning(guarded));
});

test('lets those end in peace who see by themselves that their owner is gone', async () => {
  const { lock } = setup();
  const log = `${lock}.log`;
  const note = (word: string) => `require('node:fs').appendFileSync(${JSON.stringify(log)}, '${word} ')`;
  const { owner } = await startOwner(
    lock,
    `process.on('SIGTERM', () => { ${note('signalled')}; process.exit(1); });
    process.once('disconnect', () => setTimeout(() => { ${note('drained')}; process.exit(0); }, 500));`,
    'app',
  );

  owner.kill('SIGKILL');

  await eventually(() => expect(existsSync(log) && readFileSync(log, 'utf8')).toBe('drained '));
});

test('kills what does not end when it is asked to', async () => {
  const { owner, guarded } = await startOwner(setup().lock, `process.on('SIGTERM', () => {})`);

  owner.kill('SIGKILL');

  await eventually(() => expect(isRunning(guarded)).toBe(false));
});

test('lets the next one in only when the processes of the one before have ended', async () => {
  const { lock } = setup();
  const { owner, guarded } = await startOwner(lock);
  owner.kill('SIGKILL');

  const next = await startGuardian({ lock });
  onTestFinished(() => next.stop());

  expect(isRunning(guarded)).toBe(false);
  expect(lockFile(lock)).toBeNull();
});

/** The processes that are started from now on. */
function noteChildren(): ChildProcess[] {
  const children: ChildProcess[] = [];
  const note = (message: unknown) => void children.push((message as { process: ChildProcess }).process);
  subscribe('child_process', note);
  onTestFinished(() => void unsubscribe('child_process', note));
  return children;
}

test('is replaced where it dies, as soon as that can be done', async () => {
  const { lock } = setup();
  const children = noteChildren();
  const failures: string[] = [];
  const guardian = await startGuardian({ lock, onDown: (reason) => failures.push(reason) });
  onTestFinished(() => guardian.stop());
  rmSync(path.dirname(lock), { recursive: true });

  children[0]?.kill('SIGKILL');

  await eventually(() => failures.length > 1);
  mkdirSync(path.dirname(lock));
  await eventually(() => {
    const free = lockFile(lock);
    free?.release();
    expect(free).toBeNull();
  });
});

test('stops also while it cannot be replaced', async () => {
  const { lock } = setup();
  const children = noteChildren();
  const failures: string[] = [];
  const guardian = await startGuardian({ lock, onDown: (reason) => failures.push(reason) });
  rmSync(path.dirname(lock), { recursive: true });
  children[0]?.kill('SIGKILL');
  await eventually(() => failures.length > 0);

  await guardian.stop();

  mkdirSync(path.dirname(lock));
  const free = lockFile(lock);
  expect(free).not.toBeNull();
  free?.release();
});

test('stops, twice too, and gives its lock back', async () => {
  const { lock } = setup();
  const guardian = await startGuardian({ lock });
  await Promise.all([guardian.stop(), guardian.stop()]);

  const again = lockFile(lock);
  expect(again).not.toBeNull();
  again?.release();
});
