import * as z from 'zod/mini';
import { alertData } from './alert.ts';
import { batch } from './batch.ts';
import { classification } from './classification.ts';
import type { WebhookEvent } from './webhook.ts';

const endedJob = z.object({
  ...z.omit(classification, { text: true }).shape,
  truncated: z.optional(z.boolean()),
});

/** What `data` of each message is, by its type. A job comes without its text; `truncated` where it was too large. */
export const webhookData = {
  'classification.succeeded': endedJob,
  'classification.failed': endedJob,
  'classification.cancelled': endedJob,
  'batch.finished': batch,
  ...alertData,
} as const satisfies Record<WebhookEvent, z.ZodMiniType>;
