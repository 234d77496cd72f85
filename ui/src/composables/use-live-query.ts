import { useQuery } from '@tanstack/vue-query';
import { computed, watch, type ComputedRef } from 'vue';
import { toAskingInterval } from './asking-interval.ts';
import { useLive } from './use-live.ts';
import { useTold, type Told } from './use-told.ts';

interface LiveQueryOptions<T> extends Told {
  queryKey: () => readonly unknown[];
  read: (call: { signal: AbortSignal }) => Promise<T>;
  /** How often to read again while the console is live; null reads it once (until it could be read). May depend on what was read. */
  everyMs: number | null | ((data: T | undefined) => number | null);
  enabled?: () => boolean;
}

export interface LiveQuery<T> {
  data: ComputedRef<T | undefined>;
  /** Why the last read failed, null after a good one. `data` may still hold what was read before. */
  error: ComputedRef<Error | null>;
  isLoading: ComputedRef<boolean>;
  isFetching: ComputedRef<boolean>;
  /** When `data` was read, null before the first good read. */
  updatedAt: ComputedRef<Date | null>;
  refresh: () => void;
}

/** Reads something from the API and keeps it fresh while somebody looks; stale replies are dropped by key. */
export function useLiveQuery<T>(options: LiveQueryOptions<T>): LiveQuery<T> {
  const live = useLive();
  const { everyMs, topics, isAllTold, concerns } = options;
  const isEnabled = () => options.enabled?.() ?? true;
  const atLeastMs = useTold({
    topics,
    isAllTold,
    concerns,
    queryKey: options.queryKey,
    isWanted: isEnabled,
    refetch: (how) => query.refetch(how),
  });
  const query = useQuery<T>(() => {
    // Read here and not in the function below, so that going on after a pause sets the timer again.
    const isPaused = live.pausedBy.value !== null;
    const leastMs = atLeastMs.value;
    return {
      queryKey: options.queryKey(),
      queryFn: ({ signal }: { signal: AbortSignal }) => options.read({ signal }),
      enabled: isEnabled(),
      refetchInterval: ({ state }: { state: { data: T | undefined; error: Error | null } }) => {
        if (isPaused) return false;
        const ms = typeof everyMs === 'function' ? everyMs(state.data) : everyMs;
        return toAskingInterval(ms === null ? null : Math.max(ms, leastMs), state.error);
      },
      refetchOnWindowFocus: () => everyMs !== null && live.pausedBy.value !== 'button',
    };
  });
  watch(live.pausedBy, (now, before) => {
    if (now === null && before === 'button' && everyMs !== null && isEnabled()) void query.refetch();
  });
  return {
    data: computed(() => query.data.value),
    error: computed(() => query.error.value),
    isLoading: computed(() => query.isLoading.value),
    isFetching: computed(() => query.isFetching.value),
    updatedAt: computed(() => (query.dataUpdatedAt.value > 0 ? new Date(query.dataUpdatedAt.value) : null)),
    refresh: () => void query.refetch(),
  };
}
