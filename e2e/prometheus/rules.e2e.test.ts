import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { runCommand } from '../../shared/src/embedded/set-up/run-command.ts';
import { findBinaries } from './find-binaries.ts';

const cwd = fileURLToPath(new URL('../../docs/operations', import.meta.url));
const promtool = (...args: string[]) => runCommand(findBinaries().promtool, args, { env: process.env, cwd });

it('has rules and a configuration that Prometheus takes', async () => {
  expect(await promtool('check', 'rules', 'alerts.yml')).toMatchObject({ status: 0 });
  // The rest is about files that only an installation has.
  expect(await promtool('check', 'config', '--syntax-only', 'prometheus.yml')).toMatchObject({ status: 0 });
});

it('raises each alert when it should, and not otherwise', async () => {
  expect(await promtool('test', 'rules', 'alerts.test.yml')).toMatchObject({
    status: 0,
    output: expect.stringContaining('SUCCESS'),
  });
});
