import {
  useInfiniteQuery,
  useQueryClient,
  type InfiniteData,
  type UseInfiniteQueryReturnType,
} from '@tanstack/vue-query';
import type { Page } from '@understudy/shared/client/page';
import { computed, shallowRef, watch, type ComputedRef } from 'vue';
import { toAskingInterval } from './asking-interval.ts';
import { useLive } from './use-live.ts';
import { useTold, type Told } from './use-told.ts';

interface LivePagesOptions<T> extends Pick<Told, 'topics' | 'isAllTold'> {
  queryKey: () => readonly unknown[];
  readPage: (cursor: string | undefined, call: { signal: AbortSignal }) => Promise<Page<T>>;
  everyMs: number;
  enabled?: () => boolean;
}

export interface LivePages<T> {
  rows: ComputedRef<readonly T[]>;
  /** Changes with the question that the rows answer; rows of another one are not the same list. */
  shownKey: ComputedRef<string>;
  error: ComputedRef<Error | null>;
  isLoading: ComputedRef<boolean>;
  isFetching: ComputedRef<boolean>;
  updatedAt: ComputedRef<Date | null>;
  hasMore: ComputedRef<boolean>;
  /** Hardly anything was found so far, and it is looked for further back by itself. */
  isSeeking: ComputedRef<boolean>;
  /** More than the first page is shown; only that one is kept fresh, so that nothing is missing in between. */
  isDeep: ComputedRef<boolean>;
  more: () => void;
  /** Back to the newest alone, read again. */
  refresh: () => void;
}

type PagesQuery<T> = UseInfiniteQueryReturnType<InfiniteData<Page<T>>, Error>;

/** With fewer rows than this the next page is read without being asked for: where few rows fit, pages may be empty. */
const FEW = 10;
/** Reads in a row without being asked for; each takes about two seconds where few rows fit. */
const MAX_SEEKING_READS = 15;

/** Reads a list page by page. The first page stays fresh while it is the only one. */
export function useLivePages<T>(options: LivePagesOptions<T>): LivePages<T> {
  const live = useLive();
  const queryClient = useQueryClient();
  const { everyMs, topics, isAllTold } = options;
  const isEnabled = () => options.enabled?.() ?? true;
  /** By the cache itself: what the query gives follows it a moment later, when a further page would count for none. */
  const isWanted = () =>
    isEnabled() && !isBeyondFirst(queryClient.getQueryData<InfiniteData<unknown>>(options.queryKey()));
  const leastMs = useTold({
    topics,
    isAllTold,
    queryKey: options.queryKey,
    isWanted,
    refetch: (how) => query.refetch(how),
  });
  const query = useInfiniteQuery<
    Page<T>,
    Error,
    InfiniteData<Page<T>>,
    readonly unknown[],
    string | undefined
  >(() => {
    const isPaused = live.pausedBy.value !== null;
    const ms = Math.max(everyMs, leastMs.value);
    return {
      queryKey: options.queryKey(),
      enabled: isEnabled(),
      queryFn: ({ pageParam, signal }) => options.readPage(pageParam, { signal }),
      initialPageParam: undefined,
      getNextPageParam: (last) => last.nextCursor ?? undefined,
      refetchInterval: ({ state }) =>
        isPaused || isBeyondFirst(state.data) ? false : toAskingInterval(ms, state.error),
      refetchOnWindowFocus: ({ state }) => live.pausedBy.value !== 'button' && !isBeyondFirst(state.data),
      placeholderData: (before) => before,
    };
  });
  const isDeep = computed(() => isBeyondFirst(query.data.value));
  const rows = computed(() => query.data.value?.pages.flatMap(({ data }) => data) ?? []);
  const { shownKey, countRefresh } = useShownKey(query, options.queryKey);
  const { isSeeking, seekOn } = useSeeking(query, { rows, shownKey });

  function more() {
    seekOn();
    void query.fetchNextPage();
  }
  /** The first page alone is read again, not each that was looked at. */
  function refresh() {
    countRefresh();
    queryClient.setQueryData<InfiniteData<Page<T>>>(
      options.queryKey(),
      (data) => data && { pages: data.pages.slice(0, 1), pageParams: data.pageParams.slice(0, 1) },
    );
    void query.refetch();
  }
  watch(live.pausedBy, (now, before) => {
    if (now === null && before === 'button' && isWanted()) void query.refetch();
  });
  return {
    rows,
    shownKey,
    error: computed(() => query.error.value),
    isLoading: computed(() => query.isLoading.value),
    isFetching: computed(() => query.isFetching.value),
    updatedAt: computed(() => (query.dataUpdatedAt.value > 0 ? new Date(query.dataUpdatedAt.value) : null)),
    hasMore: computed(() => query.hasNextPage.value),
    isSeeking,
    isDeep,
    more,
    refresh,
  };
}

/** By what the rows that are shown are known; another one as soon as others are there. */
function useShownKey<T>(query: PagesQuery<T>, queryKey: () => readonly unknown[]) {
  const shownKey = shallowRef('');
  /** How often one went back to the newest, which is another list, too. */
  let refreshed = 0;
  watch(
    [query.data, query.isPlaceholderData],
    () => {
      if (!query.isPlaceholderData.value) shownKey.value = JSON.stringify([queryKey(), refreshed]);
    },
    { immediate: true },
  );
  return { shownKey: computed(() => shownKey.value), countRefresh: () => void (refreshed += 1) };
}

/** Reads on by itself while hardly anything was found, for a while. */
function useSeeking<T>(
  query: PagesQuery<T>,
  { rows, shownKey }: { rows: ComputedRef<readonly T[]>; shownKey: ComputedRef<string> },
) {
  const until = shallowRef(MAX_SEEKING_READS);
  const count = () => query.data.value?.pages.length ?? 0;
  watch(shownKey, () => (until.value = MAX_SEEKING_READS));
  const isSeeking = computed(
    () =>
      query.hasNextPage.value &&
      !query.isPlaceholderData.value &&
      query.error.value === null &&
      rows.value.length < FEW &&
      count() < until.value,
  );
  watch(
    [isSeeking, query.isFetching],
    () => {
      if (isSeeking.value && !query.isFetching.value) void query.fetchNextPage();
    },
    { immediate: true },
  );
  return { isSeeking, seekOn: () => (until.value = count() + MAX_SEEKING_READS) };
}

function isBeyondFirst(data: InfiniteData<unknown> | undefined): boolean {
  return (data?.pages.length ?? 0) > 1;
}
