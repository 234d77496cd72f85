import { onScopeDispose } from 'vue';
import { useRouter, type RouteLocationRaw } from 'vue-router';

/** Leads on to another page, unless somebody has left this one meanwhile: they stay where they are. */
export function useGoOn(): (to: RouteLocationRaw) => Promise<void> {
  const router = useRouter();
  let isHere = true;
  onScopeDispose(() => (isHere = false));
  return async (to) => {
    if (isHere) await router.push(to);
  };
}
