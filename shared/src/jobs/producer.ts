import { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import type { Logger } from '../runtime/logger.ts';
import { inRedisTime } from '../runtime/redis.ts';
import type { Tracing } from '../runtime/tracing/tracing.ts';
import { JOBS, QUEUES, type JobDefinition, type JobName, type Payload, type QueueName } from './catalog.ts';

/** A classification as the queue knows it; `priority` is the API's, 0 (first) to 9. */
export interface QueuedClassification {
  jobId: string;
  generation: number;
  priority: number;
  /** Of the span that it is put into the queue under, where that is not the active one. */
  traceparent?: string;
}

/** A delivery as the queue knows it, and the number of tries that it has had. */
export interface QueuedDelivery {
  deliveryId: string;
  tries: number;
}

export interface Producer {
  /** The queues themselves, for Bull Board and for schedules; nobody else adds to them. */
  readonly queues: Record<QueueName, Queue>;
  /** Adds one job. @throws within 2 s when Redis is away. */
  add<N extends JobName>(name: N, payload: Payload<N>): Promise<void>;
  /** Adds one classification under `<jobId>.<generation>`, which makes a repeated add harmless. */
  addClassification(job: Omit<QueuedClassification, 'traceparent'>): Promise<void>;
  /** The same for many. For one alone it costs more: `redis.pipeline()` copies every script on the connection. */
  addClassifications(jobs: QueuedClassification[]): Promise<void>;
  /** Removes what the queue still has of these, in the background of a cancel: what stays is dropped at its claim. */
  removeClassifications(entries: Pick<QueuedClassification, 'jobId' | 'generation'>[]): Promise<void>;
  /** Adds deliveries under `<deliveryId>.<tries>`, which makes a repeated add harmless. */
  addDeliveries(deliveries: QueuedDelivery[]): Promise<void>;
  /** Keeps one schedule: `everyMs` apart, first run `offsetMs` into the interval. The same call again changes nothing. */
  schedule<N extends JobName>(
    id: string,
    every: { everyMs: number; offsetMs?: number },
    name: N,
    payload: Payload<N>,
  ): Promise<void>;
  close(): Promise<void>;
}

const CLASSIFICATION = 'classification.dispatch';
const ENQUEUE_TIMEOUT_MS = 2_000;
/** Those that a request's work goes through. What others hold is nobody's in particular, or has its trace in the ledger. */
const TRACED: ReadonlySet<QueueName> = new Set(['classify', 'interactive']);
/** BullMQ never keeps or repeats a job of ours: the ledger has its history and decides what is tried again. */
const TRANSIENT = { removeOnComplete: true, removeOnFail: true } as const;

interface ProducerOptions {
  redis: Redis;
  prefix: string;
  tracing?: Tracing | null;
  logger: Logger;
}

/** Owns the queues; the only caller of `Queue.add`. `redis` should fail fast (`connectRedis`). */
export function createProducer(options: ProducerOptions): Producer {
  const queues = createQueues(options);
  return {
    queues,
    async add(name, payload) {
      const { queue, attempts, priority = 0 }: JobDefinition = JOBS[name];
      await inEnqueueTime(queues[queue].add(name, payload, { ...TRANSIENT, attempts, priority }));
    },
    async addClassification(job) {
      const { name, data, opts } = toEntry(job);
      await inEnqueueTime(queues[JOBS[CLASSIFICATION].queue].add(name, data, opts));
    },
    async addClassifications(jobs) {
      if (jobs.length === 0) return;
      await inEnqueueTime(queues[JOBS[CLASSIFICATION].queue].addBulk(jobs.map(toEntry)));
    },
    async removeClassifications(entries) {
      const queue = queues[JOBS[CLASSIFICATION].queue];
      await inEnqueueTime(Promise.all(entries.map((entry) => queue.remove(toQueueId(entry)))));
    },
    async addDeliveries(deliveries) {
      if (deliveries.length === 0) return;
      const name = 'webhook.deliver';
      const { queue, attempts } = JOBS[name];
      const jobs = deliveries.map(({ deliveryId, tries }) => ({
        name,
        data: { deliveryId } satisfies Payload<typeof name>,
        opts: { ...TRANSIENT, attempts, jobId: `${deliveryId}.${tries}` },
      }));
      await inEnqueueTime(queues[queue].addBulk(jobs));
    },
    async schedule(id, { everyMs, offsetMs = 0 }, name, payload) {
      await inEnqueueTime(
        queues[JOBS[name].queue].upsertJobScheduler(
          id,
          { every: everyMs, offset: offsetMs },
          { name, data: payload, opts: { ...TRANSIENT, attempts: JOBS[name].attempts } },
        ),
      );
    },
    async close() {
      await Promise.allSettled(Object.values(queues).map((queue) => queue.close()));
    },
  };
}

function createQueues({ redis, prefix, tracing, logger }: ProducerOptions) {
  return Object.fromEntries(
    QUEUES.map((name) => {
      const queue = new Queue(name, { connection: redis, prefix, ...toQueueTelemetry(name, tracing) });
      queue.on('error', (err) => logger.debug({ err, queue: name }, 'a queue lost Redis'));
      return [name, queue];
    }),
  ) as Record<QueueName, Queue>;
}

function toEntry({ jobId, generation, priority, traceparent }: QueuedClassification) {
  return {
    name: CLASSIFICATION,
    data: { jobId, generation } satisfies Payload<typeof CLASSIFICATION>,
    opts: {
      ...TRANSIENT,
      attempts: JOBS[CLASSIFICATION].attempts,
      jobId: toQueueId({ jobId, generation }),
      priority: priority + 1,
      ...(traceparent && { telemetry: { metadata: JSON.stringify({ traceparent }) } }),
    },
  };
}

/** The id under which the queue holds one generation of a job. BullMQ forbids `:` in it. */
export function toQueueId({ jobId, generation }: { jobId: string; generation: number }): string {
  return `${jobId}.${generation}`;
}

/** What a queue's producer and its workers take the trace from one to the other with. */
export function toQueueTelemetry(queue: QueueName, tracing: Tracing | null | undefined) {
  return tracing && TRACED.has(queue) ? { telemetry: tracing.queueTelemetry } : {};
}

function inEnqueueTime<T>(work: Promise<T>): Promise<T> {
  return inRedisTime(work, ENQUEUE_TIMEOUT_MS);
}
