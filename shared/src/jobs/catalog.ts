import * as z from 'zod';

export const QUEUES = ['classify', 'interactive', 'health-check', 'upkeep', 'webhook'] as const;
export type QueueName = (typeof QUEUES)[number];

const id = z.string().min(1).max(100);

/**
 * Every job that Redis may carry: its queue, the schema of its payload, and how often BullMQ tries it. Payloads
 * hold ids and routing facts only; texts and keys stay in the ledger.
 */
export const JOBS = {
  'classification.dispatch': {
    queue: 'classify',
    payload: z.strictObject({ jobId: id, generation: z.number().int().positive() }),
    attempts: 1,
  },
  /** Tells the ends of jobs that were not ended by a worker. Upkeep would, so that its tasks go first. */
  'classification.tell-ends': {
    queue: 'upkeep',
    payload: z.strictObject({ jobIds: z.array(id).min(1).max(1_000) }),
    attempts: 1,
    priority: 1,
  },
  'interactive.provider-test': {
    queue: 'interactive',
    payload: z.strictObject({ requestId: id }),
    attempts: 1,
  },
  'interactive.failover-drill': {
    queue: 'interactive',
    payload: z.strictObject({ requestId: id }),
    attempts: 1,
  },
  'interactive.health-check': {
    queue: 'interactive',
    payload: z.strictObject({ providerId: id, checkId: id, deep: z.boolean() }),
    attempts: 1,
  },
  'health.check': {
    queue: 'health-check',
    payload: z.strictObject({ providerId: id, checkId: id.nullable(), deep: z.boolean() }),
    attempts: 1,
  },
  'webhook.deliver': { queue: 'webhook', payload: z.strictObject({ deliveryId: id }), attempts: 1 },
  /** Closes jobs past their deadline. */
  'upkeep.deadlines': { queue: 'upkeep', payload: z.strictObject({}), attempts: 1 },
  /** Frees claims whose lease ran out, and settles attempts that nobody will. */
  'upkeep.claims': { queue: 'upkeep', payload: z.strictObject({}), attempts: 1 },
  /** Has the feeder bring back what the queue should have and has not. */
  'upkeep.queue': { queue: 'upkeep', payload: z.strictObject({}), attempts: 1 },
  /** Relays announcements that a dead worker left. */
  'upkeep.announcements': { queue: 'upkeep', payload: z.strictObject({}), attempts: 1 },
  /** Counts settled attempts that a dead process left. */
  'upkeep.usage': { queue: 'upkeep', payload: z.strictObject({}), attempts: 1 },
  /** Takes up what dead processes left of batches. */
  'upkeep.batches': { queue: 'upkeep', payload: z.strictObject({}), attempts: 1 },
  /** Settles what dead processes left reserved in the budgets of providers. */
  'upkeep.reservations': { queue: 'upkeep', payload: z.strictObject({}), attempts: 1 },
  /** Removes what is not to be kept any longer. */
  'upkeep.retention': { queue: 'upkeep', payload: z.strictObject({}), attempts: 1 },
  /** Puts due deliveries into the queue, and gives up those whose time is over. */
  'upkeep.webhooks': { queue: 'upkeep', payload: z.strictObject({}), attempts: 1 },
  /** Tells operators what changed for the worse, or is well again. */
  'upkeep.alerts': { queue: 'upkeep', payload: z.strictObject({}), attempts: 1 },
} as const satisfies Record<string, JobDefinition>;

export interface JobDefinition {
  queue: QueueName;
  payload: z.ZodType;
  attempts: number;
  /** Within its queue, 1 first; behind all that have none. */
  priority?: number;
}

export type JobName = keyof typeof JOBS;
export type Payload<N extends JobName> = z.infer<(typeof JOBS)[N]['payload']>;
