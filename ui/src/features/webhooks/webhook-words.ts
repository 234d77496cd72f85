import type { Delivery, Webhook, WebhookEvent } from '@understudy/shared/contracts/webhook';
import { toSentence } from '../../format/sentence.ts';
import { toDuration } from '../../format/time.ts';
import type { Tone } from '../../format/tone.ts';

export const EVENT_WORDS: Record<WebhookEvent, string> = {
  'classification.succeeded': 'a job has its answer',
  'classification.failed': 'a job ended without one',
  'classification.cancelled': 'a job was cancelled',
  'batch.finished': 'every job of a batch has ended',
  'provider.down': 'a provider stopped working',
  'provider.recovered': 'it works again',
  'provider.flagged': 'a provider needs an operator: its key, its credit',
  'budget.reached': 'a provider’s budget is at 80 % or spent',
  'availability.breached': 'availability is under its target',
  'queue.stalled': 'the oldest job waits for over 5 minutes',
  'webhook.disabled': 'an endpoint was switched off by the service',
};

interface Words {
  tone: Tone;
  title: string;
  detail: string;
}

/** How an endpoint stands, as a word for the badge and, where something is wrong, a sentence. */
export function toWebhookStatus({ enabled, disabled, failingSince }: Webhook): Words {
  if (disabled && !enabled) {
    return { tone: 'bad', title: 'switched off', detail: toSentence(disabled.reason) };
  }
  if (!enabled) return { tone: 'neutral', title: 'off', detail: '' };
  if (failingSince) return { tone: 'warn', title: 'failing', detail: '' };
  return { tone: 'ok', title: 'on', detail: '' };
}

/** Why the newest try failed of those that did; null where none did. */
export function toNewestError(deliveries: readonly Pick<Delivery, 'tries'>[]): string | null {
  const newest = deliveries
    .flatMap(({ tries }) => tries)
    .filter(({ error }) => error !== null)
    .toSorted((a, b) => b.at.localeCompare(a.at))[0];
  return newest?.error ? toSentence(newest.error) : null;
}

/** What came of a test. */
export function toTestWords({ state, tries }: Pick<Delivery, 'state' | 'tries'>): Words {
  const last = tries.at(-1);
  if (state === 'pending' || !last) {
    return { tone: 'warn', title: 'No answer yet.', detail: 'The deliveries below tell when it is there.' };
  }
  const took = last.durationMs === null ? '' : ` in ${toDuration(last.durationMs)}`;
  if (state === 'delivered') {
    return { tone: 'ok', title: `It arrived: HTTP ${last.httpStatus}${took}.`, detail: '' };
  }
  const advice = toAdvice(last.httpStatus);
  const title =
    last.httpStatus === null
      ? 'It did not arrive.'
      : `It was refused: HTTP ${last.httpStatus}${took}. A delivery counts with a status of 200 to 299.`;
  return {
    tone: 'bad',
    title,
    detail: [last.error && toSentence(last.error), advice].filter(Boolean).join(' '),
  };
}

function toAdvice(httpStatus: number | null): string {
  if (httpStatus === null) {
    return 'Check the address, and that this machine can reach it. Private addresses need UNDERSTUDY_PRIVATE_HOSTS.';
  }
  if (httpStatus === 401 || httpStatus === 403) return 'Check the secret that the receiver verifies with.';
  if (httpStatus === 404 || httpStatus === 410) return 'Check the path of the address.';
  return '';
}
