import { tmpdir } from 'node:os';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from '../../shared/src/testing/eventually.ts';
import { startFleet, type Fleet } from '../support/fleet.ts';
import { keepAsking } from '../support/keep-asking.ts';
import { understudy } from '../support/understudy.ts';

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet({ workers: 1 });
});
afterAll(() => fleet.close());

/** The indexes of jobs, alerts and providers, by name. */
async function listIndexes() {
  const { jobs, alerts, providers } = fleet.store;
  const found = await Promise.all([jobs, alerts, providers].map(({ collection }) => collection.indexes()));
  return found.map((indexes) => indexes.map(({ name }) => name).toSorted());
}

test('migrates while jobs are accepted and answered, also by two at once', { timeout: 180_000 }, async () => {
  const env = { MONGODB_URI: fleet.mongod.uri };
  const migrate = () => understudy(['migrate'], { cwd: tmpdir(), env });
  const before = await listIndexes();
  const traffic = keepAsking(() => fleet.client);
  await eventually(() => traffic.answered() > 3, { timeoutMs: 30_000 });

  // The ledger as the version before migration 14 had it, with the indexes of that still to be built.
  await fleet.store.migrations.deleteMany({ _id: { $gte: 14 } });
  await fleet.store.alerts.collection.dropIndexes();
  await fleet.store.jobs.collection.dropIndex('in_queue');
  expect(await listIndexes()).not.toEqual(before);
  const [one, other] = await Promise.all([migrate(), migrate()]);
  for (const result of [one, other])
    expect(result).toMatchObject({ status: 0, output: expect.not.stringContaining('not run yet') });
  const then = traffic.answered();
  await eventually(() => traffic.answered() > then + 3, { timeoutMs: 30_000 });
  expect(await traffic.stop()).toBeGreaterThan(6);

  expect(await listIndexes()).toEqual(before);
});
