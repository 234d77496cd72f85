import { expect, test } from 'vitest';
import { readPlaywrightReport, readVitestReport } from './read-report.ts';

const file = (status: string, ...statuses: string[]) => ({
  name: '/project/api/src/app.test.ts',
  status,
  message: 'SyntaxError: Unexpected token\n    at app.ts',
  assertionResults: statuses.map((one, index) => ({
    fullName: `test ${index}`,
    status: one,
    failureMessages: one === 'failed' ? ['AssertionError: expected 1 to be 2\n    at app.test.ts'] : [],
  })),
});

test('counts the tests of a Vitest report, and names those that failed', () => {
  const testResults = [file('passed', 'passed', 'skipped'), file('failed', 'passed', 'failed', 'failed')];
  expect(readVitestReport({ numPassedTests: 2, testResults }, '/project')).toEqual({
    passed: 2,
    failures: [
      'api/src/app.test.ts › test 1: AssertionError: expected 1 to be 2',
      'api/src/app.test.ts › test 2: AssertionError: expected 1 to be 2',
    ],
  });
});

test('counts a file that could not be loaded as a failure', () => {
  expect(readVitestReport({ numPassedTests: 0, testResults: [file('failed')] }, '/project')).toEqual({
    passed: 0,
    failures: ['api/src/app.test.ts › the file: SyntaxError: Unexpected token'],
  });
});

test('counts a browser test that passed only at the second try as failed', () => {
  const spec = (title: string, status: string) => ({
    title,
    tests: [{ status, results: [{ errors: [{ message: 'Error: not there\n  at page' }] }] }],
  });
  const suites = [
    {
      title: 'jobs.browser.spec.ts',
      specs: [spec('works', 'expected'), spec('fails', 'unexpected')],
      suites: [{ title: 'by night', specs: [spec('wavers', 'flaky')] }],
    },
  ];
  expect(readPlaywrightReport({ stats: { expected: 1 }, suites, errors: [{ message: 'no tests' }] })).toEqual(
    {
      passed: 1,
      failures: [
        'jobs.browser.spec.ts › fails: Error: not there',
        'jobs.browser.spec.ts › wavers: Error: not there',
        'playwright › an error outside of tests: no tests',
      ],
    },
  );
});
