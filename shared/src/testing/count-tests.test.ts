import { expect, test } from 'vitest';
import { countPlaywright, countVitest } from './count-tests.ts';

const file = (status: string, ...tests: string[]) => ({
  status,
  assertionResults: tests.map((test) => ({ status: test })),
});

test('counts the tests of a Vitest report', () => {
  const testResults = [file('passed', 'passed', 'skipped'), file('failed', 'passed', 'failed', 'failed')];
  expect(countVitest({ numPassedTests: 2, testResults })).toEqual({ passed: 2, failed: 2 });
});

test('counts a file that could not be loaded as a failure', () => {
  expect(countVitest({ numPassedTests: 0, testResults: [file('failed')] })).toEqual({ passed: 0, failed: 1 });
});

test('counts a browser test that passed only at the second try as failed', () => {
  const stats = { expected: 3, unexpected: 1, flaky: 1 };
  expect(countPlaywright({ stats })).toEqual({ passed: 3, failed: 2 });
  expect(countPlaywright({ stats, errors: [{}] })).toEqual({ passed: 3, failed: 3 });
});
