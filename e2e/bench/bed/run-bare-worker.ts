import { createRequest } from '../bare/request.ts';
import type { BareAnswer, BareQuestion } from '../bare/bare-worker-process.ts';
import { watchProcessors } from '../measure/processors.ts';
import { toSteady } from '../measure/rate.ts';
import type { Bed } from './bed.ts';
import { startChild } from './child.ts';
import { toPerJob, type Run, type RunOptions } from './run-worker.ts';
import { watchStored } from './stored-bytes.ts';
import { API_KEY, toText } from './workload.ts';

const TEXT = '<the text>';

/** The same jobs by a bare BullMQ worker on the same Redis. @throws unless every job was called for once and well */
export async function runBareWorker(
  { fleet, vendor }: Bed,
  { jobs, latencyMs, ...options }: RunOptions,
): Promise<Run> {
  const concurrency = options.vendorPlaces ?? options.concurrency;
  await vendor.begin(latencyMs);
  const endStored = watchStored(fleet, jobs);
  const file = new URL('../bare/bare-worker-process.ts', import.meta.url);
  const child = await startChild<BareQuestion, BareAnswer>(file, {
    BENCH_REDIS_URL: fleet.redis.uri,
    BENCH_VENDOR_URL: vendor.url,
    BENCH_API_KEY: API_KEY,
  });
  const processors = watchProcessors({
    worker: [child.pid],
    mongod: [fleet.mongod.pid()],
    redis: [fleet.redis.pid()],
  });
  const texts = Array.from({ length: jobs }, (_, number) => toText(number));
  const { good } = await child.ask({
    texts,
    concurrency,
    request: createRequest(TEXT),
    text: TEXT,
  });
  const { answeredAt } = await vendor.read();
  const { perSecond, from, until } = toSteady(answeredAt);
  const use = processors.end(from, until);
  await child.stop();
  if (good !== jobs || answeredAt.length !== jobs)
    throw new Error(`${jobs} jobs, but ${answeredAt.length} calls and ${good} answers`);
  return {
    jobsPerSecond: perSecond,
    processorMs: toPerJob(use.processors, perSecond),
    storedBytes: endStored(),
    machineShare: use.machineShare,
  };
}
