#!/usr/bin/env node
// Runs before `npm start` and `npm test`. Plain JavaScript for Node 20 or later, since nothing is installed
// yet; once the packages are there, the rest of the set-up goes on in TypeScript under the project's Node.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { installPackages } from './set-up/install-packages.mjs';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const mode = process.argv[2] === 'test' ? 'test' : 'start';

try {
  const node = installPackages({ root, env: process.env, report: (line) => console.log(`[set-up] ${line}`) });
  const rest = fileURLToPath(new URL('./set-up/main.ts', import.meta.url));
  const { status, error } = spawnSync(node, [rest, mode], { cwd: root, stdio: 'inherit' });
  if (error) throw error;
  process.exitCode = status ?? 1;
} catch (error) {
  console.error(`[set-up] ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}
