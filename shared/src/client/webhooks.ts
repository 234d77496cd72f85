import type * as z from 'zod/mini';
import type {
  Delivery,
  DeliveryState,
  RotatedSecret,
  Webhook,
  WebhookCreated,
  webhookInput,
} from '../contracts/webhook.ts';
import type { CallOptions, Page, PageQuery } from './page.ts';
import type { Reply, Transport } from './transport.ts';

/** An endpoint as one writes it. */
export type NewWebhook = z.input<typeof webhookInput>;

/** What to change of an endpoint (JSON Merge Patch, RFC 7396): null sets a field back to its default. */
export type WebhookPatch = { [K in keyof NewWebhook]?: NewWebhook[K] | null };

export interface DeliveryFilter extends PageQuery {
  state?: readonly DeliveryState[] | undefined;
}

export interface GuardedCall extends CallOptions {
  /** The `etag` of what was read: the change is refused (412 `stale`) if somebody made another since. */
  ifMatch?: string | null | undefined;
}

export function createWebhooks(send: Transport) {
  return {
    list: async (query: PageQuery = {}, { signal }: CallOptions = {}) =>
      (await send<Page<Webhook>>('GET', PATH, { query: { ...query }, signal })).value,
    /** The endpoint with the tag of its revision, for a guarded change. */
    read: async (id: string, { signal }: CallOptions = {}) =>
      toTagged(await send<Webhook>('GET', toPath(id), { signal })),
    /** Registers an endpoint; `secret` is shown in this reply and never again. */
    create: async (webhook: NewWebhook, { signal }: CallOptions = {}) =>
      (await send<WebhookCreated>('POST', PATH, { body: webhook, signal })).value,
    replace: async (id: string, webhook: NewWebhook, { ifMatch, signal }: GuardedCall = {}) =>
      toTagged(
        await send<Webhook>('PUT', toPath(id), { body: webhook, headers: toHeaders(ifMatch), signal }),
      ),
    /** Changes only what the patch names. */
    update: async (id: string, patch: WebhookPatch, { ifMatch, signal }: GuardedCall = {}) =>
      toTagged(
        await send<Webhook>('PATCH', toPath(id), { body: patch, headers: toHeaders(ifMatch), signal }),
      ),
    remove: async (id: string, { ifMatch, signal }: GuardedCall = {}) => {
      await send<undefined>('DELETE', toPath(id), { headers: toHeaders(ifMatch), signal });
    },
    /** Sends one message of type `webhook.test`; with `waitSeconds` the reply says what came of it. */
    test: async (
      id: string,
      { waitSeconds, signal }: CallOptions & { waitSeconds?: number | undefined } = {},
    ) => {
      const headers = { Prefer: waitSeconds === undefined ? undefined : `wait=${waitSeconds}` };
      return (await send<Delivery>('POST', `${toPath(id)}/test`, { headers, signal })).value;
    },
    /** The new secret, this once; the one before signs beside it for 24 h. */
    rotateSecret: async (id: string, { signal }: CallOptions = {}) =>
      (await send<RotatedSecret>('POST', `${toPath(id)}/rotate-secret`, { signal })).value,
    deliveries: async (id: string, filter: DeliveryFilter = {}, { signal }: CallOptions = {}) =>
      (await send<Page<Delivery>>('GET', `${toPath(id)}/deliveries`, { query: { ...filter }, signal })).value,
    redeliver: async (id: string, deliveryId: string, { signal }: CallOptions = {}) => {
      const path = `${toPath(id)}/deliveries/${encodeURIComponent(deliveryId)}/redeliver`;
      return (await send<Delivery>('POST', path, { signal })).value;
    },
  };
}

const PATH = '/api/webhooks';

function toPath(id: string): string {
  return `${PATH}/${encodeURIComponent(id)}`;
}

function toHeaders(ifMatch: string | null | undefined) {
  return { 'If-Match': ifMatch ?? undefined };
}

function toTagged({ value, headers }: Reply<Webhook>) {
  return { webhook: value, etag: headers.get('ETag') };
}
