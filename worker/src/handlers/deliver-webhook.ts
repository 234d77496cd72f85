import { deliver, type DeliverDeps } from '../webhooks/deliver.ts';
import { done, type Handler } from './handler.ts';

/** A queued delivery is one try at it, whose record is the ledger. */
export function createDeliverWebhookHandler(deps: DeliverDeps): Handler<'webhook.deliver'> {
  return async ({ deliveryId }) => {
    await deliver(deps, deliveryId);
    return done;
  };
}
