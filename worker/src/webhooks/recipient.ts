import type { KeyRing } from '@understudy/shared/secrets/key-ring';
import { createSigningSecret, openSecrets } from '@understudy/shared/secrets/webhook-secret';
import { ensureClientSecret, findClient } from '@understudy/shared/store/clients/clients';
import { toClientSecretPlace } from '@understudy/shared/store/clients/model';
import type { Store } from '@understudy/shared/store/connect';
import type { DeliveryDocument } from '@understudy/shared/store/webhooks/delivery-model';
import { toWebhookSecretPlace, type WebhookDocument } from '@understudy/shared/store/webhooks/model';
import { findWebhook } from '@understudy/shared/store/webhooks/webhooks';

/** Where a delivery goes, and what it is signed with; null where it is not to go anywhere any more. */
export interface Recipient {
  url: string;
  /** The endpoint, where it is one. */
  webhook: WebhookDocument | null;
  /** In the clear, newest first. @throws where none opens with the master keys that there are. */
  readSecrets(now: Date): Promise<string[]>;
}

type Sent = Pick<DeliveryDocument, 'webhookId' | 'client' | 'url' | 'once'>;

export async function findRecipient(
  { store, keyRing }: { store: Store; keyRing: KeyRing },
  { webhookId, client, url, once }: Sent,
): Promise<Recipient | null> {
  if (webhookId === null) {
    return url === null
      ? null
      : { url, webhook: null, readSecrets: (now) => readClientSecrets(store, keyRing, client, now) };
  }
  const webhook = await findWebhook(store, webhookId, null);
  if (!webhook || (!webhook.enabled && !once)) return null;
  return {
    url: webhook.url,
    webhook,
    readSecrets: async (now) => openSecrets(keyRing, toWebhookSecretPlace(webhook._id), webhook.secrets, now),
  };
}

/** A client that never asked for its secret has one all the same, from the first time that it is needed. */
async function readClientSecrets(store: Store, keyRing: KeyRing, name: string, now: Date): Promise<string[]> {
  const client = await findClient(store, name);
  if (!client) throw new Error('The client is gone');
  const place = toClientSecretPlace(client._id);
  const secrets =
    client.secrets.length > 0
      ? client.secrets
      : await ensureClientSecret(store, client._id, createSigningSecret(keyRing, place, now).stored);
  return openSecrets(keyRing, place, secrets, now);
}
