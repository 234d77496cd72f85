// Puts a process of its own under a guardian, says both ids, and waits to be killed.
import type { StdioOptions } from 'node:child_process';
import { once } from 'node:events';
import { startGuardian } from '../processes/guardian.ts';
import { launch } from '../processes/launch.ts';

const guardian = await startGuardian({ lock: process.argv[2] ?? '' });
const script = `${process.argv[3] ?? ''};setInterval(() => {}, 1000);console.log('up')`;
const kind = process.argv[4] === 'app' ? 'app' : 'store';
// An app hears by its channel that its owner is gone.
const stdio: StdioOptions = kind === 'app' ? ['ignore', 'pipe', 'inherit', 'ipc'] : 'pipe';
const { pid, child } = await launch(process.execPath, ['-e', script], { kind, guardian, stdio });
if (child.stdout) await once(child.stdout, 'data');
console.log(pid);
setInterval(() => {}, 60_000);
