import { computed } from 'vue';
import { useRoute, useRouter, type LocationQueryRaw } from 'vue-router';

/** What Overview can be asked to do in a dialog; the last two are about one provider. */
const OVERVIEW_DIALOGS = ['pause', 'retry', 'budget', 'key'] as const;
export type OverviewDialogName = (typeof OVERVIEW_DIALOGS)[number];

/** The dialog that the address names, `?do=budget&of=prv_…`, so that it can be opened from everywhere and by a link. */
export function useOverviewDialog() {
  const route = useRoute();
  const router = useRouter();
  return {
    current: computed(() => {
      const name = OVERVIEW_DIALOGS.find((one) => one === route.query.do);
      return name ? { name, of: typeof route.query.of === 'string' ? route.query.of : null } : null;
    }),
    open: (name: OverviewDialogName, of?: string) =>
      void router.push({ query: { ...route.query, ...toDialogQuery(name, of) } }),
    close: () => void router.replace({ query: { ...route.query, do: undefined, of: undefined } }),
  };
}

export function toDialogQuery(name: OverviewDialogName, of?: string): LocationQueryRaw {
  return of === undefined ? { do: name } : { do: name, of };
}
