import { createProviders } from '@understudy/shared/client/providers';
import { toValue, type MaybeRefOrGetter } from 'vue';
import { useLiveQuery } from '../composables/use-live-query.ts';
import { useTransport } from './client.ts';
import { queryKeys } from './query-keys.ts';
import { toRange, toUsageRange } from './window.ts';

const STATUS_EVERY_MS = 5_000;
const SLOTS_EVERY_MS = 60_000;
const USAGE_EVERY_MS = 15_000;
const MAX_PROVIDERS = 200;

export type UsageWindow = '24h' | '7d' | '30d';

/** All providers, in the order in which they are tried. */
export function useProviders() {
  const providers = createProviders(useTransport());
  return useLiveQuery({
    queryKey: () => queryKeys.providers.list,
    read: async (call) => {
      const { data } = await providers.list({ limit: MAX_PROVIDERS }, call);
      return data.toSorted((a, b) => a.priority - b.priority || a.name.localeCompare(b.name));
    },
    everyMs: STATUS_EVERY_MS,
    topics: ['provider.status'],
  });
}

/** Latest health of every provider, with availability and connectivity against their targets. */
export function useProviderHealthSummary() {
  const providers = createProviders(useTransport());
  return useLiveQuery({
    queryKey: () => queryKeys.providers.health,
    read: (call) => providers.health({}, call),
    everyMs: STATUS_EVERY_MS,
    topics: ['health.checked', 'provider.status'],
  });
}

/** The last 24 hours of each provider in 90 slots, by its id: wide ones, which need not be read with every check. */
export function useProviderSlots() {
  const providers = createProviders(useTransport());
  return useLiveQuery({
    queryKey: () => queryKeys.providers.slots,
    read: async (call) => {
      const { data } = await providers.health({ slots: true }, call);
      return new Map(data.map(({ provider, slots = [] }) => [provider.id, slots]));
    },
    everyMs: SLOTS_EVERY_MS,
    topics: ['provider.status'],
  });
}

/** One provider with the tag that guards a write of it. Without `live` it is read once, for a form. */
export function useProvider(id: MaybeRefOrGetter<string>, { live }: { live: boolean }) {
  const providers = createProviders(useTransport());
  return useLiveQuery({
    queryKey: () => [...queryKeys.providers.one(toValue(id)), live ? 'live' : 'once'],
    read: (call) => providers.read(toValue(id), call),
    everyMs: live ? STATUS_EVERY_MS : null,
    topics: live ? ['provider.status'] : [],
  });
}

/** Health of one provider over the last 24 hours: now, its checks, and 90 slots. */
export function useProviderHealth(id: MaybeRefOrGetter<string>) {
  const providers = createProviders(useTransport());
  return useLiveQuery({
    queryKey: () => queryKeys.providers.healthOf(toValue(id)),
    read: (call) => providers.healthOf(toValue(id), toRange('24h'), call),
    everyMs: STATUS_EVERY_MS,
    topics: ['health.checked'],
    concerns: (event) => event.type === 'health.checked' && event.data.providerId === toValue(id),
  });
}

export function useProviderUsage(id: MaybeRefOrGetter<string>, window: MaybeRefOrGetter<UsageWindow>) {
  const providers = createProviders(useTransport());
  return useLiveQuery({
    queryKey: () => queryKeys.providers.usageOf(toValue(id), toValue(window)),
    read: (call) => providers.usage(toValue(id), toUsageRange(toValue(window)), call),
    everyMs: USAGE_EVERY_MS,
  });
}

/** Providers that the service's environment holds a key for. */
export function useProviderOffers() {
  const providers = createProviders(useTransport());
  return useLiveQuery({
    queryKey: () => queryKeys.providers.offers,
    read: async (call) => (await providers.offers(call)).data,
    everyMs: null,
  });
}
