import { onBeforeRouteLeave } from 'vue-router';

/** Asks before a page is left that holds what is not saved; not where one has to sign in again, which keeps it. */
export function useLeaveGuard(isChanged: () => boolean): void {
  onBeforeRouteLeave(
    (to) => to.name === 'login' || !isChanged() || window.confirm('Leave without saving the changes?'),
  );
}
