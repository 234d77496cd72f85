import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { CHECKS, toTests, type Step } from './steps.ts';

const [format] = CHECKS as [Step];
const all = toTests({ browser: true, prometheus: true });
const [unit] = all as [Step];

/** A machine where every tool is a script that a test gives. */
function setup(tools: Record<string, string>) {
  const folder = mkdtempSync(path.join(tmpdir(), 'understudy-steps-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, script] of Object.entries(tools)) {
    writeFileSync(path.join(folder, name), `#!/bin/sh\n${script}\n`);
    chmodSync(path.join(folder, name), 0o755);
  }
  return { root: folder, folder, env: { PATH: `${folder}:/usr/bin:/bin` } };
}

const report = JSON.stringify({
  numPassedTests: 2,
  testResults: [{ name: 'a.test.ts', status: 'passed', assertionResults: [] }],
});
const writeReport = `for arg; do case "$arg" in --outputFile.json=*) echo '${report}' > "\${arg#*=}";; esac; done`;

test('a check that fails is one failure', async () => {
  expect(await format.run(setup({ oxfmt: 'exit 0' }))).toEqual({ passed: 0, failures: [] });
  expect(await format.run(setup({ oxfmt: 'exit 1' }))).toEqual({ passed: 0, failures: ['format'] });
  expect(await format.run(setup({}))).toEqual({ passed: 0, failures: ['format'] });
});

test("tests are counted from the runner's report", async () => {
  expect(await unit.run(setup({ vitest: writeReport }))).toEqual({ passed: 2, failures: [] });
});

test('what is left out is in no step', async () => {
  const echo = { vitest: `echo "$*" >> "$0.log"` };
  const log = async (prometheus: boolean) => {
    const context = setup(echo);
    for (const step of toTests({ browser: false, prometheus })) await step.run(context);
    return readFileSync(path.join(context.folder, 'vitest.log'), 'utf8');
  };
  expect(await log(true)).toContain('--project=e2e --project=prometheus ');
  expect(await log(false)).not.toContain('prometheus');
});

test('a runner that fails although no test did, or that runs no test, is a failure', async () => {
  const failures = ['unit: no test failed, but its runner did'];
  expect(await unit.run(setup({ vitest: `${writeReport}\nexit 1` }))).toEqual({ passed: 2, failures });
  expect(await unit.run(setup({ vitest: 'exit 1' }))).toEqual({ passed: 0, failures });
  expect(await unit.run(setup({ vitest: 'exit 0' }))).toEqual({ passed: 0, failures });
  expect(await all.at(-1)?.run(setup({}))).toEqual({
    passed: 0,
    failures: ['browser: no test failed, but its runner did'],
  });
});
