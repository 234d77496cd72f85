import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import type { Environment } from '../config.ts';
import { runCommand } from '../embedded/set-up/run-command.ts';
import { readPlaywrightReport, readVitestReport, type TestResult } from './read-report.ts';

export interface StepContext {
  root: string;
  env: Environment;
  /** For the reports that the counts are read from. */
  folder: string;
}

export interface Step {
  name: string;
  run: (context: StepContext) => Promise<TestResult>;
}

/** A check without tests of its own: silent when all is well, one failure with its whole output when not. */
function check(name: string, command: string, ...args: string[]): Step {
  return {
    name,
    async run({ root, env }) {
      const result = await runCommand(command, args, { cwd: root, env });
      if (result.status === 0) return { passed: 0, failures: [] };
      process.stdout.write(result.output);
      return { passed: 0, failures: [name] };
    },
  };
}

/** A test runner that shows its own progress and leaves a JSON report, from which its tests are counted. */
function tests<T>(
  name: string,
  args: (report: string) => string[],
  read: (report: T, root: string) => TestResult,
): Step {
  return {
    name,
    async run({ root, env, folder }) {
      const file = `${folder}/${name}.json`;
      const [command = '', ...rest] = args(file);
      const child = spawn(command, rest, {
        cwd: root,
        env: { ...env, PLAYWRIGHT_JSON_OUTPUT_FILE: file },
        stdio: ['ignore', 'inherit', 'inherit'],
      });
      const status = await new Promise<number | null>((resolve) => {
        child.once('error', () => resolve(null));
        child.once('close', resolve);
      });
      const report = await readFile(file, 'utf8').catch(() => null);
      const result = report === null ? { passed: 0, failures: [] } : read(JSON.parse(report) as T, root);
      // A runner that failed without a failed test (an unhandled error), or that ran none, must not look well.
      const isWell = (status === 0 && result.passed > 0) || result.failures.length > 0;
      return isWell ? result : { ...result, failures: [`${name}: no test failed, but its runner did`] };
    },
  };
}

export const CHECKS: Step[] = [
  check('format', 'oxfmt', '--check'),
  check('lint', 'oxlint', '--deny-warnings'),
  check('types', 'turbo', 'run', 'types', '--output-logs=errors-only', '--ui=stream'),
  check('types of the end-to-end tests', 'tsc', '--noEmit', '-p', 'e2e'),
  check('dead code', 'knip', '--cache'),
];

const vitest = (name: string, ...others: string[]): Step =>
  tests(
    name,
    (report) => [
      'vitest',
      'run',
      ...[name, ...others].map((project) => `--project=${project}`),
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${report}`,
    ],
    readVitestReport,
  );

const browser: Step = tests(
  'browser',
  () => ['playwright', 'test', '--reporter=list,json'],
  readPlaywrightReport,
);

/** The tests in the order in which they run: each keeps the whole machine busy. */
export function toTests(including: { browser: boolean; prometheus: boolean }): Step[] {
  return [
    vitest('unit'),
    vitest('int'),
    vitest('e2e', ...(including.prometheus ? ['prometheus'] : [])),
    vitest('load'),
    ...(including.browser ? [browser] : []),
  ];
}
