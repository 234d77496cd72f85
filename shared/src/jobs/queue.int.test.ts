import { Worker } from 'bullmq';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { connectRedis } from '../runtime/redis.ts';
import { createRedisBed, type RedisBed } from '../testing/test-bed.ts';
import { readEpoch } from './epoch.ts';
import { createProducer, type Producer } from './producer.ts';

let bed: RedisBed;
let producer: Producer;
beforeEach(async () => {
  bed = await createRedisBed();
  producer = createProducer(bed);
});
afterEach(async () => {
  await producer.close();
  await bed.close();
});

it('queues a generation of a job once, however often it is added', async () => {
  const job = { jobId: 'job_1', generation: 1, priority: 5 };
  await producer.addClassification(job);
  await producer.addClassifications([job, { ...job, generation: 2 }]);
  await producer.addClassification({ ...job, generation: 2 });
  const queued = await producer.queues.classify.getJobs(['prioritized']);
  expect(queued.map(({ id }) => id).toSorted()).toEqual(['job_1.1', 'job_1.2']);
});

it('hands out priority 0 first', async () => {
  await producer.addClassifications([
    { jobId: 'job_late', generation: 1, priority: 9 },
    { jobId: 'job_first', generation: 1, priority: 0 },
  ]);
  const queued = await producer.queues.classify.getPrioritized();
  expect(queued.map(({ data }) => data.jobId)).toEqual(['job_first', 'job_late']);
});

it('hands out the tasks of upkeep before ends to tell, however many of those came first', async () => {
  await producer.add('classification.tell-ends', { jobIds: ['job_1'] });
  await producer.add('upkeep.deadlines', {});
  const worker = new Worker('upkeep', null, { connection: bed.redis, prefix: bed.prefix });
  const first = await worker.getNextJob('token', { block: false });
  expect(first?.name).toBe('upkeep.deadlines');
  await first?.moveToCompleted(null, 'token', false);
  expect((await worker.getNextJob('token', { block: false }))?.name).toBe('classification.tell-ends');
  await worker.close();
});

it('fails in bounded time while Redis is away', async () => {
  const away = connectRedis({ url: 'redis://127.0.0.1:1', mode: 'fail-fast', logger: bed.logger });
  const lost = createProducer({ ...bed, redis: away });
  await expect(lost.addClassifications([{ jobId: 'job_1', generation: 1, priority: 5 }])).rejects.toThrow(
    Error,
  );
  await lost.close();
  away.disconnect();
});

it('has one epoch until its contents are lost', async () => {
  const [first, second] = await Promise.all([
    readEpoch(bed.redis, bed.prefix),
    readEpoch(bed.redis, bed.prefix),
  ]);
  expect(first).toBe(second);
  await bed.redis.del(`${bed.prefix}:epoch`);
  expect(await readEpoch(bed.redis, bed.prefix)).not.toBe(first);
});
