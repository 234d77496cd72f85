export interface TestResult {
  passed: number;
  /** One line each: where the test stands, its name, and the first line of what was wrong. */
  failures: string[];
}

interface VitestReport {
  numPassedTests: number;
  testResults: {
    name: string;
    status: string;
    message?: string;
    assertionResults: { fullName: string; status: string; failureMessages?: string[] | null }[];
  }[];
}

interface PlaywrightSuite {
  title: string;
  suites?: PlaywrightSuite[];
  specs?: {
    title: string;
    tests: { status: string; results: { errors?: { message?: string }[] }[] }[];
  }[];
}

interface PlaywrightReport {
  stats: { expected: number };
  suites?: PlaywrightSuite[];
  errors?: { message?: string }[];
}

/** Reads Vitest's JSON report; a file that failed without a failed test of its own counts as one. */
export function readVitestReport(report: VitestReport, root: string): TestResult {
  const failures = report.testResults.flatMap((file) => {
    const place = file.name.replace(`${root}/`, '');
    const tests = file.assertionResults
      .filter((test) => test.status === 'failed')
      .map((test) => toLine(place, test.fullName, test.failureMessages?.[0]));
    return file.status === 'failed' && tests.length === 0 ? [toLine(place, 'the file', file.message)] : tests;
  });
  return { passed: report.numPassedTests, failures };
}

/** Reads Playwright's JSON report; a test that passed only when repeated has failed. */
export function readPlaywrightReport(report: PlaywrightReport): TestResult {
  const failures = [
    ...(report.suites ?? []).flatMap((file) => findFailures(file, file.title)),
    ...(report.errors ?? []).map(({ message }) => toLine('playwright', 'an error outside of tests', message)),
  ];
  return { passed: report.stats.expected, failures };
}

function findFailures({ specs = [], suites = [] }: PlaywrightSuite, place: string): string[] {
  const own = specs.flatMap(({ title, tests }) =>
    tests
      .filter(({ status }) => status === 'unexpected' || status === 'flaky')
      .map(({ results }) => toLine(place, title, results[0]?.errors?.[0]?.message)),
  );
  return [...own, ...suites.flatMap((suite) => findFailures(suite, place))];
}

function toLine(place: string, name: string, message = ''): string {
  const [first = ''] = message.split('\n');
  return [`${place} › ${name}`, first.trim()].filter(Boolean).join(': ');
}
