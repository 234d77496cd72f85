import type { EventType, ServerEvent } from '@understudy/shared/contracts/event';
import { computed, onScopeDispose, type ComputedRef } from 'vue';
import { createThrottle } from './throttle.ts';
import { useEvents, useLive } from './use-live.ts';

interface ToldOptions {
  /** Events that say that something has changed; none where there are no such. */
  topics: readonly EventType[];
  /** Whether an event is about what is shown; by default each of the topics is. */
  concerns?: ((event: ServerEvent) => boolean) | undefined;
  /** Reads again what is shown. Not called while the console is paused. */
  refresh: () => void;
}

/** While events come, they are trusted this long to tell of every change. */
const WITH_EVENTS_MS = 30_000;
/** However many events come, what they are about is read no more often than this. */
const PAUSE_MS = 1_000;

/**
 * Reads something again when the service tells that it has changed. The result is how long to wait at least before
 * asking anyway, in milliseconds: 0 while the service tells nothing.
 */
export function useTold({ topics, concerns = () => true, refresh }: ToldOptions): ComputedRef<number> {
  const live = useLive();
  if (topics.length > 0) {
    const soon = createThrottle(() => {
      if (live.pausedBy.value === null) refresh();
    }, PAUSE_MS);
    onScopeDispose(soon.cancel);
    useEvents(topics, (event) => {
      if (event.type === 'reset' || concerns(event)) soon.run();
    });
  }
  return computed(() => (topics.length > 0 && live.isStreaming.value ? WITH_EVENTS_MS : 0));
}
