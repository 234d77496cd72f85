import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

if (Number.parseInt(process.versions.node) < 24) {
  throw new Error(
    `The tests need the project's Node 24, this is ${process.version}. Put node_modules/.bin first on PATH, as npm does.`,
  );
}

const everywhere = ['{shared,api,worker,scheduler,ui}/**'];
/** End-to-end tests that keep the whole machine busy. */
const underLoad = ['e2e/{bench,chaos,soak}/**/*.e2e.test.ts', 'e2e/fairness.e2e.test.ts'];
/** Those that need a Prometheus, which is not to be had everywhere. */
const withPrometheus = ['e2e/prometheus/**/*.e2e.test.ts'];
/** For what hangs, and wide enough for a slow machine. */
const patience = { testTimeout: 180_000, hookTimeout: 180_000 };
const ignored = ['**/node_modules/**', '**/dist/**'];

export default defineConfig({
  test: {
    // Most of the tests wait for stores and sockets, not for a processor.
    maxWorkers: Math.max(4, availableParallelism()),
    projects: [
      {
        test: {
          name: 'unit',
          isolate: false,
          environment: 'node',
          include: everywhere.map((folder) => `${folder}/*.test.ts`),
          exclude: [...ignored, '**/*.int.test.ts', '**/*.e2e.test.ts'],
          ...patience,
        },
      },
      {
        test: {
          name: 'int',
          environment: 'node',
          include: everywhere.map((folder) => `${folder}/*.int.test.ts`),
          exclude: ignored,
          globalSetup: ['shared/src/testing/global-setup.ts'],
          ...patience,
        },
      },
      {
        test: {
          name: 'e2e',
          environment: 'node',
          include: ['e2e/**/*.e2e.test.ts'],
          exclude: [...ignored, ...underLoad, ...withPrometheus],
          // Each file starts the whole product, which mostly waits for faults and their ends.
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
          ...patience,
        },
      },
      {
        test: {
          name: 'load',
          environment: 'node',
          include: underLoad,
          exclude: ignored,
          // Under load two at once on a small machine would measure each other.
          maxWorkers: 1,
          sequence: { groupOrder: 2 },
          ...patience,
        },
      },
      {
        test: {
          name: 'prometheus',
          environment: 'node',
          include: withPrometheus,
          exclude: ignored,
          sequence: { groupOrder: 3 },
          ...patience,
        },
      },
    ],
  },
});
