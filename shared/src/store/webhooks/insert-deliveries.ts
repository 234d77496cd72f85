import { createId } from '../../ids.ts';
import type { Store } from '../connect.ts';
import { insertEach } from '../insert-each.ts';
import type { DeliveryDocument } from './delivery-model.ts';

/** How long a delivery stays on record. */
const KEPT_MS = 30 * 24 * 60 * 60 * 1_000;

export type NewDelivery = Pick<
  DeliveryDocument,
  | 'eventId'
  | 'target'
  | 'webhookId'
  | 'client'
  | 'url'
  | 'type'
  | 'jobId'
  | 'traceparent'
  | 'body'
  | 'isWordless'
  | 'once'
>;

/** A delivery that is due at once. */
export function toDelivery(from: NewDelivery, now: Date): DeliveryDocument {
  return {
    _id: createId('whd'),
    ...from,
    state: 'pending',
    tries: [],
    nextTryAt: now,
    claim: null,
    roundAt: now,
    roundTries: 0,
    createdAt: now,
    finishedAt: null,
    expiresAt: new Date(now.getTime() + KEPT_MS),
  };
}

/** Writes deliveries; of one event and target there is one only, so a repeat is harmless. */
export async function insertDeliveries(store: Store, deliveries: DeliveryDocument[]): Promise<void> {
  if (deliveries.length > 0) await insertEach(store.deliveries, deliveries);
}
