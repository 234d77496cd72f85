import { onScopeDispose, shallowRef, type ShallowRef } from 'vue';

const TICK_MS = 1_000;

/** The time, once a second; one timer for all that look at it, and none while nobody does. */
export const useNow = createNow();

function createNow(): () => ShallowRef<Date> {
  const now = shallowRef(new Date());
  let watchers = 0;
  let timer: ReturnType<typeof setInterval> | undefined;
  return () => {
    if (watchers++ === 0) {
      now.value = new Date();
      timer = setInterval(() => {
        now.value = new Date();
      }, TICK_MS);
    }
    onScopeDispose(() => {
      if (--watchers === 0) clearInterval(timer);
    });
    return now;
  };
}
