import type { Clock } from '@understudy/shared/runtime/clock';
import type { Logger } from '@understudy/shared/runtime/logger';
import type { Store } from '@understudy/shared/store/connect';
import { readServerNow } from '@understudy/shared/store/read-server';
import { expireDeliveries } from '@understudy/shared/store/webhooks/end-deliveries';
import { findNextLane } from '@understudy/shared/store/webhooks/lane';
import type { DeliveryLanes } from '../webhooks/delivery-lanes.ts';
import { ROUND_MS } from '../webhooks/schedule.ts';

export interface WebhooksDeps {
  store: Store;
  deliveryLanes: Pick<DeliveryLanes, 'feedNow'>;
  clock: Clock;
  logger: Logger;
}

const MAX_LANES = 200;
const MAX_EXPIRED = 500;

/**
 * Gives up what could not be delivered in its time; puts into the queue what is due and what the queue lost, target by
 * target, each run from where the last one stopped.
 */
export function createWebhookUpkeep({
  store,
  deliveryLanes,
  clock,
  logger,
}: WebhooksDeps): () => Promise<void> {
  let after = '';

  async function feedDue() {
    for (let visited = 0; visited < MAX_LANES; visited += 1) {
      const lane = await findNextLane(store, after);
      after = lane?.target ?? '';
      if (lane === null) return;
      if (lane.nextTryAt.getTime() <= clock.now()) await deliveryLanes.feedNow(lane.target);
    }
  }

  return async () => {
    // By the ledger's own time: what is given up is so for good.
    const now = await readServerNow(store);
    const expired = await expireDeliveries(store, new Date(now - ROUND_MS), new Date(now), MAX_EXPIRED);
    if (expired > 0) logger.warn({ deliveries: expired }, 'gave up deliveries whose time was over');
    await feedDue();
  };
}
