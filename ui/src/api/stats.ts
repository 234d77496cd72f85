import { createProviders } from '@understudy/shared/client/providers';
import type { StatsWindow } from '@understudy/shared/contracts/stats';
import type { ProviderUsage } from '@understudy/shared/contracts/usage';
import { toValue, type MaybeRefOrGetter } from 'vue';
import { useLiveQuery } from '../composables/use-live-query.ts';
import { useClient, useTransport } from './client.ts';
import { queryKeys } from './query-keys.ts';
import { toUsageRange } from './window.ts';

const EVERY_MS = 10_000;
const TREND_EVERY_MS = 30_000;

/** What each provider did in a window. */
export function useProviderStats(window: MaybeRefOrGetter<StatsWindow>) {
  const { stats } = useClient();
  return useLiveQuery({
    queryKey: () => queryKeys.stats.providers(toValue(window)),
    read: async (call) => (await stats.providers(toValue(window), call)).data,
    everyMs: EVERY_MS,
  });
}

/** How often each label was answered in a window, by everybody or by one provider. */
export function useLabelStats(window: MaybeRefOrGetter<StatsWindow>, provider: MaybeRefOrGetter<string>) {
  const { stats } = useClient();
  return useLiveQuery({
    queryKey: () => queryKeys.stats.labels(toValue(window), toValue(provider)),
    read: (call) => {
      const named = toValue(provider);
      return stats.labels({ window: toValue(window), ...(named ? { provider: named } : {}) }, call);
    },
    everyMs: EVERY_MS,
  });
}

export interface ProviderTrend {
  id: string;
  series: ProviderUsage['series'];
}

/** The usage of some providers over a window, each by the hour, or by the day where the window is long. */
export function useProviderTrends(ids: () => readonly string[], window: MaybeRefOrGetter<StatsWindow>) {
  const providers = createProviders(useTransport());
  return useLiveQuery({
    queryKey: () => queryKeys.stats.trends(toValue(window), ids()),
    read: (call): Promise<ProviderTrend[]> => {
      const range = toUsageRange(toValue(window));
      return Promise.all(
        ids().map(async (id) => ({ id, series: (await providers.usage(id, range, call)).series })),
      );
    },
    everyMs: TREND_EVERY_MS,
    enabled: () => ids().length > 0,
  });
}
