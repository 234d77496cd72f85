import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

if (Number.parseInt(process.versions.node) < 24) {
  throw new Error(
    `The tests need the project's Node 24, this is ${process.version}. Put node_modules/.bin first on PATH, as npm does.`,
  );
}

const everywhere = ['{shared,api,worker,scheduler,ui}/**'];
const ignored = ['**/node_modules/**', '**/dist/**'];

export default defineConfig({
  test: {
    // Most of the tests wait for stores and sockets, not for a processor.
    maxWorkers: Math.max(4, availableParallelism()),
    projects: [
      {
        test: {
          name: 'unit',
          environment: 'node',
          include: everywhere.map((folder) => `${folder}/*.test.ts`),
          exclude: [...ignored, '**/*.int.test.ts', '**/*.e2e.test.ts'],
        },
      },
      {
        test: {
          name: 'int',
          environment: 'node',
          include: everywhere.map((folder) => `${folder}/*.int.test.ts`),
          exclude: ignored,
          globalSetup: ['shared/src/testing/global-setup.ts'],
          testTimeout: 20_000,
          hookTimeout: 30_000,
        },
      },
      {
        test: {
          name: 'e2e',
          environment: 'node',
          include: ['e2e/**/*.e2e.test.ts'],
          exclude: ignored,
          // Each file starts the whole product; two at once on a small machine would measure each other.
          fileParallelism: false,
          sequence: { groupOrder: 1 },
          testTimeout: 60_000,
          hookTimeout: 90_000,
        },
      },
    ],
  },
});
