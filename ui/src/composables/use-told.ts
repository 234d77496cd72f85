import { useQueryClient } from '@tanstack/vue-query';
import type { EventType, ServerEvent } from '@understudy/shared/contracts/event';
import { computed, onScopeDispose, type ComputedRef } from 'vue';
import { createThrottle } from './throttle.ts';
import { useEvents, useLive } from './use-live.ts';

/** What the service tells of what is shown. */
export interface Told {
  /** Events that say that something has changed, so that it is read again at once. */
  topics?: readonly EventType[] | undefined;
  /** Whether those tell of every change: while they come, it need not be asked for so often. */
  isAllTold?: boolean | undefined;
  /** Whether one of those events is about what is shown; by default each is. */
  concerns?: ((event: ServerEvent) => boolean) | undefined;
}

interface ToldOptions extends Told {
  /** Of the query that reads what is shown. */
  queryKey: () => readonly unknown[];
  /** Whether it is to be read again now. Not asked while the console is paused. */
  isWanted: () => boolean;
  /** The query's own, which does not reject. */
  refetch: (options: { cancelRefetch: boolean }) => Promise<unknown>;
}

/** While events come that tell of every change, they are trusted this long. */
const WITH_EVENTS_MS = 30_000;
/** However many events come, what they are about is read no more often than this. */
const PAUSE_MS = 1_000;

/**
 * Reads something again when the service tells that it has changed. The result is how long to wait at least before
 * asking anyway, in milliseconds: 0 while the service does not tell of every change.
 */
export function useTold(options: ToldOptions): ComputedRef<number> {
  const { topics = [], isAllTold = false, concerns = () => true, queryKey, isWanted, refetch } = options;
  const live = useLive();
  const queryClient = useQueryClient();
  if (topics.length > 0) {
    const soon = createThrottle(async () => {
      if (live.pausedBy.value !== null || !isWanted()) return;
      // A read that is under way is let end, but it may be from before the event: then it is read once more.
      if (queryClient.isFetching({ queryKey: queryKey(), exact: true }) > 0) soon.run();
      await refetch({ cancelRefetch: false });
    }, PAUSE_MS);
    onScopeDispose(soon.cancel);
    useEvents(topics, (event) => {
      if (event.type === 'reset' || concerns(event)) soon.run();
    });
  }
  return computed(() => (isAllTold && live.isStreaming.value ? WITH_EVENTS_MS : 0));
}
