import type * as z from 'zod/mini';
import type {
  Delivery,
  DeliveryState,
  RotatedSecret,
  Webhook,
  WebhookCreated,
  webhookInput,
} from '../contracts/webhook.ts';
import {
  toEtagged,
  toIfMatch,
  toPrefer,
  type CallOptions,
  type GuardedCall,
  type WaitingCall,
} from './call.ts';
import type { Page, PageQuery } from './page.ts';
import { valueOf, type Transport } from './transport.ts';

/** An endpoint as one writes it. */
export type NewWebhook = z.input<typeof webhookInput>;

/** What to change of an endpoint (JSON Merge Patch, RFC 7396): null sets a field back to its default. */
export type WebhookPatch = { [K in keyof NewWebhook]?: NewWebhook[K] | null };

export interface DeliveryFilter extends PageQuery {
  state?: readonly DeliveryState[] | undefined;
}

export function createWebhooks(send: Transport) {
  return {
    list: async (query: PageQuery = {}, { signal }: CallOptions = {}) =>
      valueOf(send<Page<Webhook>>('GET', PATH, { query: { ...query }, signal })),
    /** The endpoint with the tag of its revision, for a guarded change. */
    read: async (id: string, { signal }: CallOptions = {}) =>
      toEtagged('webhook', send<Webhook>('GET', toPath(id), { signal })),
    /** Registers an endpoint; `secret` is shown in this reply and never again. */
    create: async (webhook: NewWebhook, { signal }: CallOptions = {}) =>
      valueOf(send<WebhookCreated>('POST', PATH, { body: webhook, signal })),
    replace: async (id: string, webhook: NewWebhook, { ifMatch, signal }: GuardedCall = {}) =>
      toEtagged(
        'webhook',
        send<Webhook>('PUT', toPath(id), { body: webhook, headers: toIfMatch(ifMatch), signal }),
      ),
    /** Changes only what the patch names. */
    update: async (id: string, patch: WebhookPatch, { ifMatch, signal }: GuardedCall = {}) =>
      toEtagged(
        'webhook',
        send<Webhook>('PATCH', toPath(id), { body: patch, headers: toIfMatch(ifMatch), signal }),
      ),
    remove: async (id: string, { ifMatch, signal }: GuardedCall = {}) => {
      await send<undefined>('DELETE', toPath(id), { headers: toIfMatch(ifMatch), signal });
    },
    /** Sends one message of type `webhook.test`; with `waitSeconds` the reply says what came of it. */
    test: async (id: string, { waitSeconds, signal }: WaitingCall = {}) => {
      const headers = toPrefer(waitSeconds);
      return valueOf(send<Delivery>('POST', `${toPath(id)}/test`, { headers, signal }));
    },
    /** The new secret, this once; the one before signs beside it for 24 h. */
    rotateSecret: async (id: string, { signal }: CallOptions = {}) =>
      valueOf(send<RotatedSecret>('POST', `${toPath(id)}/rotate-secret`, { signal })),
    deliveries: async (id: string, filter: DeliveryFilter = {}, { signal }: CallOptions = {}) =>
      valueOf(send<Page<Delivery>>('GET', `${toPath(id)}/deliveries`, { query: { ...filter }, signal })),
    redeliver: async (id: string, deliveryId: string, { signal }: CallOptions = {}) => {
      const path = `${toPath(id)}/deliveries/${encodeURIComponent(deliveryId)}/redeliver`;
      return valueOf(send<Delivery>('POST', path, { signal }));
    },
  };
}

const PATH = '/api/webhooks';

function toPath(id: string): string {
  return `${PATH}/${encodeURIComponent(id)}`;
}
