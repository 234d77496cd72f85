import * as z from 'zod/mini';
import { alertData } from './alert.ts';
import { batch } from './batch.ts';
import { attempt, classification } from './classification.ts';
import { label } from './label.ts';
import { isoTime } from './primitives.ts';
import type { DeliveryType } from './webhook.ts';

const { text: _text, ...jobButText } = classification.shape;

/** What is told of a job's end: the job without its text. A very large one comes `truncated`. */
export const jobEnd = z.object({
  ...jobButText,
  labels: z.array(label),
  attempts: z.array(attempt),
  truncated: z
    .optional(z.literal(true))
    .check(
      z.describe(
        'The message would be over 256 kB: labels are names, of the attempts the latest 20 are there, and instructions are null.',
      ),
    ),
});

/** What is told of a job that was retried before its end could be told in full. */
export const jobEndInShort = z.pick(classification, {
  id: true,
  client: true,
  state: true,
  batchId: true,
  provider: true,
  degraded: true,
  finishedAt: true,
});

export const webhookTest = z.object({ summary: z.string(), webhookId: z.string(), client: z.string() });

const jobEnded = z.union([jobEnd, jobEndInShort]);

/** What the `data` of each type of message is. */
export const webhookData = {
  'classification.succeeded': jobEnded,
  'classification.failed': jobEnded,
  'classification.cancelled': jobEnded,
  'batch.finished': batch,
  ...alertData,
  'webhook.test': webhookTest,
} as const satisfies Record<DeliveryType, z.ZodMiniType>;

/** The body of a message of one type (https://www.standardwebhooks.com). */
export const webhookMessage = (type: DeliveryType) =>
  z.object({ type: z.literal(type), timestamp: isoTime, data: webhookData[type] });
