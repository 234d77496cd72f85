import { useInfiniteQuery, type InfiniteData } from '@tanstack/vue-query';
import type { Page } from '@understudy/shared/client/page';
import type { EventType } from '@understudy/shared/contracts/event';
import { computed, type ComputedRef } from 'vue';
import { useEvents, useLive } from './use-live.ts';

interface LivePagesOptions<T> {
  queryKey: () => readonly unknown[];
  readPage: (cursor: string | undefined, call: { signal: AbortSignal }) => Promise<Page<T>>;
  everyMs: number;
  topics?: readonly EventType[];
  enabled?: () => boolean;
}

export interface LivePages<T> {
  rows: ComputedRef<readonly T[]>;
  error: ComputedRef<Error | null>;
  isLoading: ComputedRef<boolean>;
  isFetching: ComputedRef<boolean>;
  updatedAt: ComputedRef<Date | null>;
  hasMore: ComputedRef<boolean>;
  /** More than the first page is shown; only that one is kept fresh, so that nothing is missing in between. */
  isDeep: ComputedRef<boolean>;
  more: () => void;
  /** Back to the newest alone, read again. */
  refresh: () => void;
}

/** Reads a list page by page. The first page stays fresh while it is the only one. */
export function useLivePages<T>(options: LivePagesOptions<T>): LivePages<T> {
  const live = useLive();
  const { everyMs, topics = [] } = options;
  const query = useInfiniteQuery<
    Page<T>,
    Error,
    InfiniteData<Page<T>>,
    readonly unknown[],
    string | undefined
  >(() => {
    const isPaused = live.pausedBy.value !== null;
    return {
      queryKey: options.queryKey(),
      enabled: options.enabled?.() ?? true,
      queryFn: ({ pageParam, signal }) => options.readPage(pageParam, { signal }),
      initialPageParam: undefined,
      getNextPageParam: (last) => last.nextCursor ?? undefined,
      refetchInterval: ({ state }) => (isPaused || isBeyondFirst(state.data) ? false : everyMs),
      refetchOnWindowFocus: ({ state }) => live.pausedBy.value !== 'button' && !isBeyondFirst(state.data),
      placeholderData: (before) => before,
    };
  });
  const isDeep = computed(() => isBeyondFirst(query.data.value));
  let isWaiting = false;
  if (topics.length > 0) {
    useEvents(topics, () => {
      if (live.pausedBy.value !== null || isDeep.value || isWaiting) return;
      isWaiting = true;
      setTimeout(() => {
        isWaiting = false;
        if (!isDeep.value && live.pausedBy.value === null) void query.refetch();
      }, EVENT_PAUSE_MS);
    });
  }
  return {
    rows: computed(() => query.data.value?.pages.flatMap(({ data }) => data) ?? []),
    error: computed(() => query.error.value),
    isLoading: computed(() => query.isLoading.value),
    isFetching: computed(() => query.isFetching.value),
    updatedAt: computed(() => (query.dataUpdatedAt.value > 0 ? new Date(query.dataUpdatedAt.value) : null)),
    hasMore: computed(() => query.hasNextPage.value),
    isDeep,
    more: () => void query.fetchNextPage(),
    refresh: () => void query.refetch(),
  };
}

/** However many events come, the list is read no more often than this. */
const EVENT_PAUSE_MS = 1_000;

function isBeyondFirst(data: InfiniteData<unknown> | undefined): boolean {
  return (data?.pages.length ?? 0) > 1;
}
