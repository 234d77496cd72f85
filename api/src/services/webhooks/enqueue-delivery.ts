import type { DeliveryDocument } from '@understudy/shared/store/webhooks/delivery-model';
import type { Context } from '../../context.ts';

/** Puts a delivery that somebody waits for into the queue. With Redis away upkeep does so when it is back. */
export async function enqueueDelivery(
  { producer, logger }: Context,
  { _id: deliveryId, tries }: Pick<DeliveryDocument, '_id' | 'tries'>,
): Promise<void> {
  try {
    await producer.addDeliveries([{ deliveryId, tries: tries.length }]);
  } catch (err) {
    logger.debug({ err, deliveryId }, 'a delivery waits in the ledger');
  }
}
