import { createProducer, type Producer } from '@understudy/shared/jobs/producer';
import { createWindow, type Window } from '@understudy/shared/jobs/window';
import type { JobDocument } from '@understudy/shared/store/jobs/model';
import { toNative } from '@understudy/shared/store/define-model';
import { buildJob } from '@understudy/shared/testing/builders';
import { createRounds, type RoundEnd } from '../feeder/round.ts';
import { createEngineBed, type EngineBed } from './engine-bed.ts';

/** An engine bed with a queue, whose feeder and workers move when a test says so. */
export interface FeederBed extends EngineBed {
  producer: Producer;
  window: Window;
  /** Lets jobs wait in the ledger, one by one older; gives their ids in order of age. */
  lay(count: number, overrides?: Partial<JobDocument>): Promise<string[]>;
  /** One round of the feeder. */
  round(): Promise<RoundEnd>;
  /** Forgets what the feeder remembers, as another that takes over. */
  takeOver(): void;
  /** The ids of the jobs that the queue holds, first to be worked on first. */
  readQueue(): Promise<string[]>;
  /** Works on what the queue holds, one after the other. @returns the ids that were worked on. */
  work(): Promise<string[]>;
  /** Forgets jobs, queue and limits. */
  clear(): Promise<void>;
}

export async function createFeederBed(): Promise<FeederBed> {
  const bed = await createEngineBed();
  const { store, redis, prefix, clock, executeJob } = bed;
  const producer = createProducer(bed);
  const window = createWindow(redis, prefix, clock.now);
  const queue = producer.queues.classify;
  let laid = 0;
  const newRounds = () =>
    createRounds({ ...bed, producer, window, admission: bed.admission, logger: bed.logger });
  let round = newRounds();
  const readJobs = () => queue.getJobs(['wait', 'prioritized', 'delayed'], 0, -1, true);

  return {
    ...bed,
    producer,
    window,
    async lay(count, overrides) {
      const jobs = Array.from({ length: count }, () => {
        laid += 1;
        return buildJob({ createdAt: new Date(clock.now() - 5_000 + laid), waiting: true, ...overrides });
      });
      await toNative(store.jobs).insertMany(jobs);
      return jobs.map(({ _id }) => _id);
    },
    round: () => round(),
    takeOver() {
      round = newRounds();
    },
    async readQueue() {
      const jobs = await readJobs();
      return jobs.map(({ data }) => (data as { jobId: string }).jobId);
    },
    async work() {
      const jobs = await readJobs();
      for (const job of jobs) {
        await job.remove();
        await executeJob(job.data as { jobId: string; generation: number });
      }
      return jobs.map(({ data }) => (data as { jobId: string }).jobId);
    },
    async clear() {
      laid = 0;
      await bed.reset();
      await store.jobs.deleteMany({});
      await store.laneHolds.deleteMany({});
      await bed.wipeRedis();
      round = newRounds();
    },
    async close() {
      await producer.close();
      await bed.close();
    },
  };
}
