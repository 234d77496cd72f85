import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { COMPILE_CACHE } from '../embedded/processes/launch.ts';
import { SetUpError } from '../embedded/set-up/set-up-error.ts';
import type { TestResult } from './read-report.ts';
import { installChromium } from './set-up/chromium.ts';
import { installPrometheus } from './set-up/prometheus.ts';
import { CHECKS, toTests, type Step } from './steps.ts';

const HELP = `Usage: npm test [-- --no-browser] [--no-prometheus]

Runs everything that a change must pass: format, lint, types, dead code, and the unit, integration, end-to-end, load,
Prometheus and browser tests. --no-browser and --no-prometheus leave those tests out. One part alone: npm run test:unit
(int, e2e, load, prometheus, browser).
`;
const FLAGS = {
  'no-browser': { type: 'boolean' },
  'no-prometheus': { type: 'boolean' },
  help: { type: 'boolean' },
} as const;

async function main(): Promise<void> {
  const { values } = parseArgs({ options: FLAGS });
  if (values.help) return console.log(HELP);
  const [browser, prometheus] = [!values['no-browser'], !values['no-prometheus']];
  const root = path.resolve(fileURLToPath(new URL('../../../', import.meta.url)));
  const env = {
    ...process.env,
    PATH: [path.join(root, 'node_modules/.bin'), process.env['PATH']].join(path.delimiter),
    TURBO_TELEMETRY_DISABLED: '1',
    NODE_COMPILE_CACHE: COMPILE_CACHE,
  };
  const report = (line: string) => console.log(`[set-up] ${line}`);
  if (!browser) console.log('The browser tests are left out (--no-browser).');
  if (!prometheus) console.log('The tests with Prometheus are left out (--no-prometheus).');
  await Promise.all([
    browser && installChromium({ root, env, report }),
    prometheus && installPrometheus({ env, report }),
  ]);

  const folder = await mkdtemp(path.join(tmpdir(), 'understudy-report-'));
  const run = (step: Step) => runStep(step, { root, env, folder });
  const results: TestResult[] = [];
  try {
    results.push(...(await Promise.all(CHECKS.map(run))));
    for (const step of toTests({ browser, prometheus })) results.push(await run(step));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  const passed = results.reduce((sum, result) => sum + result.passed, 0);
  const failures = results.flatMap((result) => result.failures);
  if (failures.length > 0) console.log(['\nFailed:', ...failures].join('\n  '));
  console.log(`\n${passed} passed, ${failures.length} failed`);
  process.exitCode = failures.length > 0 ? 1 : 0;
}

async function runStep(step: Step, context: Parameters<Step['run']>[0]) {
  const startedAt = performance.now();
  console.log(`\n== ${step.name}`);
  const result = await step.run(context);
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  console.log(`== ${step.name}: ${result.failures.length === 0 ? 'ok' : 'FAILED'} (${seconds} s)`);
  return result;
}

try {
  await main();
} catch (error) {
  if (!(error instanceof SetUpError)) throw error;
  console.error(
    `[set-up] Failed: ${error.message}\n[set-up] What to do: ${error.remedy}\n\n0 passed, 1 failed`,
  );
  process.exitCode = 1;
}
