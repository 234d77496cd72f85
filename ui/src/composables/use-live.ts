import { focusManager } from '@tanstack/vue-query';
import { computed, inject, shallowRef, type App, type ComputedRef, type InjectionKey, type Ref } from 'vue';

/** Why nothing is being refreshed: the operator stopped it, or nobody can see the page. */
type PausedBy = 'button' | 'hidden' | null;

export interface Live {
  pausedBy: ComputedRef<PausedBy>;
  toggle: () => void;
}

const liveKey: InjectionKey<Live> = Symbol('live');

/** Whether the page can be seen, by the same word that the cache goes by, so that the mark never differs from it. */
export function watchVisibility(): Ref<boolean> {
  const isVisible = shallowRef(focusManager.isFocused());
  focusManager.subscribe((isFocused) => {
    isVisible.value = isFocused;
  });
  return isVisible;
}

/** Whether the console refreshes by itself; one switch for every page. */
export function createLive({ isVisible }: { isVisible: Ref<boolean> }): Live {
  const isStopped = shallowRef(false);
  return {
    pausedBy: computed(() => {
      if (isStopped.value) return 'button';
      return isVisible.value ? null : 'hidden';
    }),
    toggle: () => {
      isStopped.value = !isStopped.value;
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
