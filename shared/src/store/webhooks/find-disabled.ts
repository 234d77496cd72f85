import type { Store } from '../connect.ts';
import type { WebhookDocument } from './model.ts';

export type DisabledWebhook = WebhookDocument & { disabled: NonNullable<WebhookDocument['disabled']> };

/** Endpoints that the service itself switched off and nobody has switched on again. */
export async function findDisabledWebhooks(store: Store, limit: number): Promise<DisabledWebhook[]> {
  return store.webhooks
    .find({ enabled: false, disabled: { $ne: null } })
    .limit(limit)
    .lean<DisabledWebhook[]>();
}
