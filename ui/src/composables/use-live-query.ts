import { useQuery } from '@tanstack/vue-query';
import type { EventType } from '@understudy/shared/contracts/event';
import { computed, onScopeDispose, watch, type ComputedRef } from 'vue';
import { useEvents, useLive } from './use-live.ts';

interface LiveQueryOptions<T> {
  queryKey: () => readonly unknown[];
  read: (call: { signal: AbortSignal }) => Promise<T>;
  /** How often to read again while the console is live; null reads it once. May depend on what was read. */
  everyMs: number | null | ((data: T | undefined) => number | null);
  /** Events that make it read again at once; while the service tells them, it need not ask so often. */
  topics?: readonly EventType[];
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

/** While events come, they are trusted this long to tell of every change. */
const WITH_EVENTS_MS = 30_000;
/** However many events come, what they are about is read no more often than this. */
const PAUSE_MS = 1_000;

/** Reads something from the API and keeps it fresh while somebody looks; stale replies are dropped by key. */
export function useLiveQuery<T>(options: LiveQueryOptions<T>): LiveQuery<T> {
  const live = useLive();
  const { everyMs, topics = [] } = options;
  const query = useQuery<T>(() => {
    // Read here and not in the function below, so that going on after a pause sets the timer again.
    const isPaused = live.pausedBy.value !== null;
    const atLeastMs = topics.length > 0 && live.isStreaming.value ? WITH_EVENTS_MS : 0;
    return {
      queryKey: options.queryKey(),
      queryFn: ({ signal }: { signal: AbortSignal }) => options.read({ signal }),
      enabled: options.enabled?.() ?? true,
      refetchInterval: (state: { state: { data: T | undefined } }) => {
        if (isPaused) return false;
        const ms = typeof everyMs === 'function' ? everyMs(state.state.data) : everyMs;
        return ms === null ? false : Math.max(ms, atLeastMs);
      },
      refetchOnWindowFocus: () => everyMs !== null && live.pausedBy.value !== 'button',
    };
  });
  const refreshSoon = createThrottle(() => void query.refetch(), PAUSE_MS);
  onScopeDispose(refreshSoon.cancel);
  if (topics.length > 0) {
    useEvents(topics, () => {
      if (live.pausedBy.value === null && (options.enabled?.() ?? true)) refreshSoon.run();
    });
  }
  watch(live.pausedBy, (now, before) => {
    if (now === null && before === 'button' && everyMs !== null) void query.refetch();
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

/** Runs at once, and again once the pause is over where it was asked for meanwhile. */
function createThrottle(run: () => void, pauseMs: number) {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isAsked = false;
  const begin = () => {
    isAsked = false;
    run();
    timer = setTimeout(() => {
      timer = undefined;
      if (isAsked) begin();
    }, pauseMs);
  };
  return {
    run: () => {
      if (timer === undefined) begin();
      else isAsked = true;
    },
    cancel: () => clearTimeout(timer),
  };
}
