#!/usr/bin/env node
// npx may run this under the host's Node, which perhaps cannot read TypeScript: the project's Node does the rest.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const ours = fileURLToPath(new URL('../../node_modules/.bin/node', import.meta.url));
const main = fileURLToPath(new URL('../src/cli/main.ts', import.meta.url));
const compileCache = fileURLToPath(new URL('../../node_modules/.cache/compiled', import.meta.url));
const node = existsSync(ours) ? ours : process.execPath;

const child = spawn(node, [main, ...process.argv.slice(2)], {
  stdio: 'inherit',
  env: { NODE_COMPILE_CACHE: compileCache, ...process.env },
});
child.once('exit', (code) => process.exit(code ?? 1));
