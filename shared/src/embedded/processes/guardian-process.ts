import type { GuardianMessage } from './guardian.ts';
import { lockFile } from '../folder/file-lock.ts';
import { isRunning } from './process-info.ts';

const WAIT_FOR_LOCK_MS = 15_000;
const APPS_DRAIN_MS = 1_500;
const APPS_END_MS = 500;
const KILL_AFTER_MS = 2_500;
const POLL_MS = 50;

const watched = new Map<number, 'app' | 'store'>();

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended by itself.
  }
}

async function untilEnded(pids: number[], ms: number): Promise<void> {
  for (const until = Date.now() + ms; Date.now() < until && pids.some(isRunning);) {
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

async function endAll(): Promise<void> {
  const apps = [...watched].filter(([, kind]) => kind === 'app').map(([pid]) => pid);
  const stores = [...watched].filter(([, kind]) => kind === 'store').map(([pid]) => pid);
  // They have heard by themselves that their owner is gone; to those that drain, a signal now says to end at once.
  await untilEnded(apps, APPS_DRAIN_MS);
  apps.forEach((pid) => signal(pid, 'SIGTERM'));
  await untilEnded(apps, APPS_END_MS);
  stores.forEach((pid) => signal(pid, 'SIGTERM'));
  await untilEnded([...apps, ...stores], KILL_AFTER_MS);
  [...apps, ...stores].forEach((pid) => signal(pid, 'SIGKILL'));
  await untilEnded([...apps, ...stores], KILL_AFTER_MS);
}

// The owner ends this process by closing the channel, or by dying; no signal does.
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => {});
process.on('message', (message: GuardianMessage) => {
  if (message.type === 'watch') watched.set(message.pid, message.kind);
  else watched.delete(message.pid);
});
process.once('disconnect', () => void endAll().finally(() => process.exit(0)));

const [, , file = ''] = process.argv;
if (lockFile(file, { waitMs: WAIT_FOR_LOCK_MS })) process.send?.('ready');
else process.exit(1);
