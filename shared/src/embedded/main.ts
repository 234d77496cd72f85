import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createConsoleLink, migrateLedger } from './ledger.ts';
import { runEmbedded } from './run-embedded.ts';

const entry = (role: string) => fileURLToPath(new URL(`../../../${role}/src/main.ts`, import.meta.url));

if (existsSync('.env')) process.loadEnvFile();

await runEmbedded({
  env: process.env,
  entries: { api: entry('api'), worker: entry('worker'), scheduler: entry('scheduler') },
  migrate: migrateLedger,
  createLoginLink: createConsoleLink,
});
