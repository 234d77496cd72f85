import type { Delivery } from '@understudy/shared/contracts/webhook';
import type { DeliveryDocument } from '@understudy/shared/store/webhooks/delivery-model';

const UNFINISHED = 'The worker died during the try; it may have arrived.';

/** A delivery as the API shows it. */
export function toDelivery(delivery: DeliveryDocument): Delivery {
  const { _id, webhookId, eventId, type, jobId, state, tries, nextTryAt, claim, createdAt } = delivery;
  return {
    id: _id,
    webhookId,
    eventId,
    type,
    jobId,
    state,
    tries: tries.map(({ at, token, httpStatus, durationMs, error }) => ({
      at: at.toISOString(),
      httpStatus,
      durationMs,
      error: durationMs === null && token !== claim ? UNFINISHED : error,
    })),
    nextTryAt: nextTryAt?.toISOString() ?? null,
    createdAt: createdAt.toISOString(),
  };
}
