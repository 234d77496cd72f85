import { focusManager } from '@tanstack/vue-query';
import type { EventType, ServerEvent } from '@understudy/shared/contracts/event';
import {
  computed,
  inject,
  onScopeDispose,
  shallowRef,
  type App,
  type ComputedRef,
  type InjectionKey,
  type Ref,
} from 'vue';

/** Why nothing is being refreshed: the operator stopped it, or nobody can see the page. */
type PausedBy = 'button' | 'hidden' | null;

export interface Live {
  pausedBy: ComputedRef<PausedBy>;
  /** Whether the service tells what happens as it happens; else pages ask again and again. */
  isStreaming: ComputedRef<boolean>;
  toggle: () => void;
  /** Passes on an event of the service. */
  tell: (event: ServerEvent) => void;
  /** The connection that events came by is gone, or there is none yet. */
  lose: () => void;
  /** Hears of events of these types, and of `reset`, until the returned function is called. */
  listen: (topics: readonly EventType[], onEvent: (event: ServerEvent) => void) => () => void;
}

/** The service tells its overview every 5 s; two that did not come are a connection that is lost. */
const SILENT_MS = 12_000;
const RESET: ServerEvent = { type: 'reset', id: null, data: {} };

const liveKey: InjectionKey<Live> = Symbol('live');

/** Whether the page can be seen, by the same word that the cache goes by, so that the mark never differs from it. */
export function watchVisibility(): Ref<boolean> {
  const isVisible = shallowRef(focusManager.isFocused());
  focusManager.subscribe((isFocused) => {
    isVisible.value = isFocused;
  });
  return isVisible;
}

/** Whether the console refreshes by itself, and what the service tells it; one for every page. */
export function createLive({ isVisible }: { isVisible: Ref<boolean> }): Live {
  const isStopped = shallowRef(false);
  const isStreaming = shallowRef(false);
  const listeners = new Set<{ topics: readonly string[]; onEvent: (event: ServerEvent) => void }>();
  let silence: ReturnType<typeof setTimeout> | undefined;
  return {
    pausedBy: computed(() => {
      if (isStopped.value) return 'button';
      return isVisible.value ? null : 'hidden';
    }),
    isStreaming: computed(() => isStreaming.value),
    toggle: () => {
      isStopped.value = !isStopped.value;
    },
    tell: (event) => {
      // What happened before the first event of a connection may not have been told.
      const isFirst = !isStreaming.value;
      isStreaming.value = true;
      clearTimeout(silence);
      silence = setTimeout(() => (isStreaming.value = false), SILENT_MS);
      for (const { topics, onEvent } of listeners) {
        if (isFirst) onEvent(RESET);
        if (event.type === 'reset' || topics.includes(event.type)) onEvent(event);
      }
    },
    lose: () => {
      clearTimeout(silence);
      if (!isStreaming.value) return;
      isStreaming.value = false;
      // Whoever reads now learns at once whether the service is there.
      for (const { onEvent } of listeners) onEvent(RESET);
    },
    listen: (topics, onEvent) => {
      const listener = { topics, onEvent };
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

export function provideLive(app: App, live: Live): void {
  app.provide(liveKey, live);
}

export function useLive(): Live {
  const live = inject(liveKey);
  if (!live) throw new Error('Live updating was not provided.');
  return live;
}

/** Hears of events for as long as the component lives. */
export function useEvents(topics: readonly EventType[], onEvent: (event: ServerEvent) => void): void {
  onScopeDispose(useLive().listen(topics, onEvent));
}
