import { shallowRef } from 'vue';

/** Kept in this browser, so that what is over is not even loaded again. */
const KEY = 'understudy.first-steps';

/** Whether the first steps may still be of use here. */
export const isFirstRun = shallowRef(localStorage.getItem(KEY) === null);

/** They are done, or were skipped; the next visit does not load them. */
export function endFirstRun(): void {
  localStorage.setItem(KEY, 'over');
  isFirstRun.value = false;
}
