import { createId } from '../../ids.ts';
import { DAY_MS } from '../../runtime/durations.ts';
import type { Store } from '../connect.ts';
import { insertEach } from '../insert-each.ts';
import type { DeliveryDocument } from './delivery-model.ts';

const KEPT_MS = 30 * DAY_MS;

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
  | 'afterErasure'
  | 'once'
>;

/** Until when a delivery stays on record whose schedule began then. */
export const toExpiry = (begun: Date): Date => new Date(begun.getTime() + KEPT_MS);

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
    expiresAt: toExpiry(now),
  };
}

/** Writes deliveries; of one event and target there is one only, so a repeat is harmless. */
export async function insertDeliveries(store: Store, deliveries: DeliveryDocument[]): Promise<void> {
  if (deliveries.length > 0) await insertEach(store.deliveries, deliveries);
}
