import { watchProcessors } from '../measure/processors.ts';
import { toSteady } from '../measure/rate.ts';
import type { Bed } from './bed.ts';
import { addWaitingJobs, untilAllEnded } from './ledger.ts';
import { watchStored, type StoredBytes } from './stored-bytes.ts';

export interface RunOptions {
  jobs: number;
  /** Of each worker process. */
  concurrency: number;
  latencyMs: number;
  workers?: number;
  /** How many calls the vendor takes at once; more than come where absent. */
  vendorPlaces?: number;
}

/** What one turn of one side came to. */
export interface Run {
  jobsPerSecond: number;
  /** Milliseconds of processor time for each job. */
  processorMs: { worker: number; mongod: number; redis: number };
  storedBytes: StoredBytes;
  /** How much of all processors was in use, by whomever, 0 to 1. */
  machineShare: number;
}

/**
 * Has worker processes do jobs that wait in the ledger. The rate is that of the vendor's answers, which is measured in
 * the same way on either side; @throws unless every job has ended well.
 */
export async function runWorkers(bed: Bed, options: RunOptions): Promise<Run> {
  const { fleet, vendor } = bed;
  const { jobs, concurrency, latencyMs, workers = 1, vendorPlaces } = options;
  await bed.limitVendor(vendorPlaces);
  const succeeded = () => fleet.store.jobs.countDocuments({ state: 'succeeded', createdAt: { $gte: since } });
  const since = new Date();
  const endStored = watchStored(fleet, jobs);
  await addWaitingJobs(fleet.store, jobs);
  await vendor.begin(latencyMs);
  const apps = await Promise.all(
    Array.from({ length: workers }, () =>
      fleet.create('worker', { WORKER_CONCURRENCY: String(concurrency) }),
    ),
  );
  await Promise.all(apps.map(({ app }) => app.start()));
  const processors = watchProcessors({
    worker: apps.map(({ app }) => app.pid()),
    mongod: [fleet.mongod.pid()],
    redis: [fleet.redis.pid()],
  });
  await untilAllEnded(fleet.store);
  const { answeredAt } = await vendor.read();
  const { perSecond, from, until } = toSteady(answeredAt);
  const use = processors.end(from, until);
  await Promise.all(apps.map(({ app }) => app.stop()));
  const storedBytes = endStored();
  const ended = await succeeded();
  if (answeredAt.length < jobs || ended !== jobs)
    throw new Error(`${jobs} jobs, but ${answeredAt.length} calls and ${ended} answers`);
  // A call that is late on a busy machine is made again, and its answer is no other job's.
  const jobsPerSecond = perSecond * (jobs / answeredAt.length);
  return {
    jobsPerSecond,
    processorMs: toPerJob(use.processors, jobsPerSecond),
    storedBytes,
    machineShare: use.machineShare,
  };
}

/** Milliseconds for each job where so many processors were in use. */
export function toPerJob<Group extends string>(
  processors: Record<Group, number>,
  perSecond: number,
): Record<Group, number> {
  const entries = Object.entries<number>(processors).map(([group, used]) => [
    group,
    (used * 1_000) / perSecond,
  ]);
  return Object.fromEntries(entries) as Record<Group, number>;
}
