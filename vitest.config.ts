import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

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
/**
 * Small files that take long. Without durations from an earlier run vitest starts large files first, and these would
 * run alone at the end.
 */
const SLOW = [
  'e2e/prometheus/scrape.e2e.test.ts',
  'e2e/image/image.e2e.test.ts',
  'e2e/key-rotation.e2e.test.ts',
  'e2e/operations/restore.e2e.test.ts',
  'e2e/doctor.e2e.test.ts',
  'e2e/traces/without-collector.e2e.test.ts',
  'worker/src/feeder/batch-order.int.test.ts',
  'worker/src/feeder/redis-memory.int.test.ts',
  'shared/src/store/confirmed.int.test.ts',
  'shared/src/runtime/redis-subscriber.int.test.ts',
  'shared/src/runtime/redis.int.test.ts',
];
class SlowFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isSlow = ({ moduleId }: TestSpecification) => SLOW.some((file) => moduleId.endsWith(`/${file}`));
    // oxlint-disable-next-line unicorn/no-array-sort -- a sequencer's method, which leaves the files as they are
    const sorted = await super.sort(files);
    const groups = Map.groupBy(sorted, ({ project }) => project.config.sequence.groupOrder).values();
    return [...groups].flatMap((group) => group.toSorted((a, b) => Number(isSlow(b)) - Number(isSlow(a))));
  }
}
const ignored = ['**/node_modules/**', '**/dist/**'];

export default defineConfig({
  test: {
    // Most of the tests wait for stores and sockets, not for a processor.
    maxWorkers: Math.max(4, availableParallelism()),
    sequence: { sequencer: SlowFirst },
    projects: [
      {
        test: {
          name: 'unit',
          isolate: false,
          setupFiles: ['shared/src/testing/expect-real-clocks.ts'],
          environment: 'node',
          include: everywhere.map((folder) => `${folder}/*.test.ts`),
          exclude: [...ignored, '**/*.int.test.ts', '**/*.e2e.test.ts'],
          ...patience,
        },
      },
      {
        test: {
          name: 'int',
          isolate: false,
          setupFiles: ['shared/src/testing/expect-real-clocks.ts'],
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
          isolate: false,
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
          isolate: false,
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
          isolate: false,
          environment: 'node',
          include: withPrometheus,
          exclude: ignored,
          // Beside the other end-to-end tests: it waits for scrapes.
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
          ...patience,
        },
      },
    ],
  },
});
