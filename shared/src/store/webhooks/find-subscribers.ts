import type { WebhookEvent } from '../../contracts/webhook.ts';
import type { Store } from '../connect.ts';
import { toNative } from '../define-model.ts';
import type { WebhookDocument } from './model.ts';

export type Subscriber = Pick<WebhookDocument, '_id' | 'client' | 'events'>;

/** Enabled endpoints of these clients, or of all where that is null, that want to hear of any of these events. */
export async function findSubscribers(
  store: Store,
  clients: readonly string[] | null,
  events: readonly WebhookEvent[],
): Promise<Subscriber[]> {
  return toNative(store.webhooks)
    .find<Subscriber>(
      { enabled: true, events: { $in: [...events] }, ...(clients ? { client: { $in: [...clients] } } : {}) },
      { projection: { client: 1, events: 1 } },
    )
    .toArray();
}
