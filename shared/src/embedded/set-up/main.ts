import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { buildConsole } from './build-console.ts';
import { installStores } from './install-stores.ts';
import { SetUpError } from './set-up-error.ts';

/**
 * What is left of the set-up once the packages are there; each step is silent where it has nothing to do.
 * Chromium is not fetched here: `npm test -- --no-browser` passes its flag to `test` only, never to `pretest`.
 */
async function main(): Promise<void> {
  const root = fileURLToPath(new URL('../../../../', import.meta.url));
  const report = (line: string) => console.log(`[set-up] ${line}`);
  await installStores({ env: process.env, report });
  await buildConsole({ root, env: process.env, report });
}

// As `npm start` itself, which needs no store that is named there; tests have stores of their own.
if (process.argv[2] === 'start' && existsSync('.env')) process.loadEnvFile();

try {
  await main();
} catch (error) {
  console.error(
    error instanceof SetUpError
      ? `[set-up] Failed: ${error.message}\n[set-up] What to do: ${error.remedy}`
      : error,
  );
  process.exitCode = 1;
}
