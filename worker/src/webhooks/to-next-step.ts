import type { DeliveryDocument } from '@understudy/shared/store/webhooks/delivery-model';
import type { TrySettled } from '@understudy/shared/store/webhooks/try-delivery';
import { toNextTryMs } from './schedule.ts';
import type { SendOutcome } from './send.ts';

/** A receiver says by this status that it wants nothing any more. */
export const GONE = 410;

/** What becomes of a delivery after a try. */
export function toNextStep(
  { roundAt, roundTries, once }: Pick<DeliveryDocument, 'roundAt' | 'roundTries' | 'once'>,
  { ok, httpStatus, retryAfterMs }: SendOutcome,
  { nowMs, random }: { nowMs: number; random: () => number },
): TrySettled['next'] {
  if (ok) return { state: 'delivered' };
  if (once || httpStatus === GONE) return { state: 'failed' };
  const round = { startedMs: roundAt.getTime(), tries: roundTries };
  const nextTryMs = toNextTryMs(round, { nowMs, askedMs: retryAfterMs, random });
  return nextTryMs === null ? { state: 'failed' } : { state: 'pending', nextTryAt: new Date(nextTryMs) };
}
