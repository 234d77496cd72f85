import type { Classification } from '@understudy/shared/contracts/classification';
import { toLabelName } from '@understudy/shared/contracts/label-name';
import type { DeliveryType, WebhookMessage } from '@understudy/shared/contracts/webhook';

/** Receivers refuse what is much larger; a job with all its examples and attempts can be. */
const MAX_BODY_BYTES = 256 * 1_024;
const LATEST_ATTEMPTS = 20;

/** The body of a message, as it is signed and sent with every try. */
export function toBody(type: DeliveryType, at: Date, data: Record<string, unknown>): string {
  return JSON.stringify({ type, timestamp: at.toISOString(), data } satisfies WebhookMessage);
}

/**
 * The body of a job's end: the job without its text. Where that is too large the labels are their names, of the attempts
 * the latest are told, the instructions are left out, and `truncated` says so.
 */
export function toJobBody(type: DeliveryType, at: Date, { text: _text, ...job }: Classification): string {
  const whole = toBody(type, at, job);
  if (Buffer.byteLength(whole) <= MAX_BODY_BYTES) return whole;
  return toBody(type, at, {
    ...job,
    labels: job.labels.map(toLabelName),
    attempts: job.attempts.slice(-LATEST_ATTEMPTS),
    instructions: null,
    truncated: true,
  });
}
