// Starts itself as a child as often as it is told; the last of the line watches its parent, by a clock of the test's.
import { spawn } from 'node:child_process';
import { mock } from 'node:test';
import { fileURLToPath } from 'node:url';
import { watchParent } from '../processes/watch-parent.ts';

setInterval(() => {}, 60_000);
const left = Number(process.argv[2]);
if (left > 0) {
  spawn(process.execPath, [fileURLToPath(import.meta.url), String(left - 1)], { stdio: 'inherit' });
} else {
  mock.timers.enable({ apis: ['setInterval'] });
  watchParent(() => console.log('gone'));
  process.on('SIGUSR2', () => {
    mock.timers.tick(1_000);
    console.log('looked');
  });
}
console.log(`pid ${process.pid}`);
