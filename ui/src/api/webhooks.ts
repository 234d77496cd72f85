import { useMutation, useQueryClient } from '@tanstack/vue-query';
import { createWebhooks } from '@understudy/shared/client/webhooks';
import type { DeliveryState } from '@understudy/shared/contracts/webhook';
import { toValue, type MaybeRefOrGetter } from 'vue';
import { useLivePages } from '../composables/use-live-pages.ts';
import { useLiveQuery } from '../composables/use-live-query.ts';
import { useTransport } from './client.ts';
import { queryKeys } from './query-keys.ts';

const EVERY_MS = 10_000;
const DELIVERIES_EVERY_MS = 3_000;

/** Endpoints of one's own client, of every client for an admin; newest first. */
export function useWebhooks() {
  const webhooks = createWebhooks(useTransport());
  return useLivePages({
    queryKey: () => queryKeys.webhooks.list,
    readPage: (cursor, call) => webhooks.list({ limit: 50, cursor }, call),
    everyMs: EVERY_MS,
  });
}

/** One endpoint with the tag that guards a write of it. */
export function useWebhook(id: MaybeRefOrGetter<string>) {
  const webhooks = createWebhooks(useTransport());
  return useLiveQuery({
    queryKey: () => queryKeys.webhooks.one(toValue(id)),
    read: (call) => webhooks.read(toValue(id), call),
    everyMs: EVERY_MS,
  });
}

/** What was sent to an endpoint, newest first, each with every try. */
export function useDeliveries(id: MaybeRefOrGetter<string>, state: MaybeRefOrGetter<DeliveryState | ''>) {
  const webhooks = createWebhooks(useTransport());
  return useLivePages({
    queryKey: () => queryKeys.webhooks.deliveries(toValue(id), toValue(state)),
    readPage: (cursor, call) => {
      const one = toValue(state);
      return webhooks.deliveries(toValue(id), { limit: 20, cursor, ...(one ? { state: [one] } : {}) }, call);
    },
    everyMs: DELIVERIES_EVERY_MS,
  });
}

const NEWEST_OPEN = 100;

/** What was not delivered to an endpoint lately: it waits, or was given up. */
export function useUndelivered(id: MaybeRefOrGetter<string>) {
  const webhooks = createWebhooks(useTransport());
  return useLiveQuery({
    queryKey: () => queryKeys.webhooks.deliveries(toValue(id), 'undelivered'),
    read: async (call) =>
      (await webhooks.deliveries(toValue(id), { limit: NEWEST_OPEN, state: ['pending', 'failed'] }, call))
        .data,
    everyMs: EVERY_MS,
  });
}

/** Has one of its deliveries made again, by id. */
export function useRedeliver(id: MaybeRefOrGetter<string>) {
  const webhooks = createWebhooks(useTransport());
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (deliveryId: string) => webhooks.redeliver(toValue(id), deliveryId),
    onSettled: () => queryClient.invalidateQueries({ queryKey: queryKeys.webhooks.all }),
  });
}
