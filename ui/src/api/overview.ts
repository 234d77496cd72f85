import type { StatsWindow } from '@understudy/shared/contracts/stats';
import { toValue, type MaybeRefOrGetter } from 'vue';
import { useLiveQuery } from '../composables/use-live-query.ts';
import { useClient } from './client.ts';
import { queryKeys } from './query-keys.ts';

const EVERY_MS = 5_000;

/** The service at a glance over a window. */
export function useOverview(window: MaybeRefOrGetter<StatsWindow>, enabled: () => boolean) {
  const client = useClient();
  return useLiveQuery({
    queryKey: () => queryKeys.overview(toValue(window)),
    read: (call) => client.stats.overview(toValue(window), call),
    everyMs: EVERY_MS,
    topics: ['stats'],
    isAllTold: true,
    enabled,
  });
}
