import { Worker, type Job } from 'bullmq';
import { JOBS, QUEUES, type JobName, type QueueName } from '@understudy/shared/jobs/catalog';
import { toQueueTelemetry } from '@understudy/shared/jobs/producer';
import type { Service } from '@understudy/shared/runtime/lifecycle';
import type { Logger } from '@understudy/shared/runtime/logger';
import type { Redis } from '@understudy/shared/runtime/redis';
import type { Tracing } from '@understudy/shared/runtime/tracing/tracing';
import type { Store } from '@understudy/shared/store/connect';
import type { Handler, Handlers, Outcome } from './handlers/handler.ts';
import { settleOutcome } from './settle-outcome.ts';

interface QueueWorkersOptions {
  /** A `blocking` connection, which stays open when the workers stop. */
  redis: Redis;
  prefix: string;
  /** Nothing is begun while the ledger is away. */
  store: Pick<Store, 'outage'>;
  handlers: Handlers;
  /** How many jobs of each queue this process works on at once. */
  concurrency: Record<QueueName, number>;
  tracing?: Tracing | null;
  logger: Logger;
}

/**
 * One BullMQ worker per queue. A job whose worker died is back after its lock (6 s) and a check (2 s); it is never
 * failed for having stalled, since the ledger alone decides what ends.
 */
export function createQueueWorkers(options: QueueWorkersOptions): Service {
  const { redis, prefix, store, handlers, concurrency, tracing, logger } = options;
  let workers: Worker[] = [];
  let stopping: Promise<void> | null = null;
  const stop = new AbortController();

  function createWorker(queue: QueueName): Worker {
    const worker = new Worker(queue, (job, token) => process(queue, job, token), {
      connection: redis,
      prefix,
      concurrency: concurrency[queue],
      lockDuration: 6_000,
      stalledInterval: 2_000,
      maxStalledCount: 1_000_000_000,
      ...toQueueTelemetry(queue, tracing),
    });
    worker.on('error', (err) => logger.debug({ err, queue }, 'a queue worker lost Redis'));
    return worker;
  }

  async function process(queue: QueueName, job: Job, token: string | undefined): Promise<void> {
    await settleOutcome(job, token, await handleWhenPossible(queue, job));
  }

  /** Keeps the entry while the ledger is away, so that a worker is at rest then, full of work that it can begin at once. */
  async function handleWhenPossible(queue: QueueName, job: Job): Promise<Outcome> {
    await store.outage.untilOver(stop.signal);
    return store.outage.isAway() ? { kind: 'retry' } : handle(queue, job);
  }

  async function handle(queue: QueueName, job: Job): Promise<Outcome> {
    const parsed = parseJob(queue, job);
    if (!parsed) {
      logger.error({ queue, queueId: job.id, name: job.name }, 'a queue entry is not of the catalogue');
      return { kind: 'reject', reason: 'not of the catalogue' };
    }
    try {
      return await handlers[parsed.name](parsed.payload as never);
    } catch (err) {
      logger.error({ err, name: parsed.name }, 'a handler failed');
      return { kind: 'reject', reason: 'the handler failed' };
    }
  }

  return {
    async start() {
      if (workers.length === 0 && !stopping) workers = QUEUES.map(createWorker);
    },
    stop() {
      stop.abort();
      stopping ??= Promise.all(workers.map((worker) => worker.close())).then(() => {});
      return stopping;
    },
  };
}

interface ParsedJob {
  name: JobName;
  payload: Parameters<Handler<JobName>>[0];
}

function parseJob(queue: QueueName, { name, data }: Job): ParsedJob | null {
  if (!isJobName(name) || JOBS[name].queue !== queue) return null;
  const payload = JOBS[name].payload.safeParse(data);
  return payload.success ? { name, payload: payload.data } : null;
}

function isJobName(name: string): name is JobName {
  return Object.hasOwn(JOBS, name);
}
