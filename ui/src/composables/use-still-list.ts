import { computed, shallowRef, watch, type ComputedRef } from 'vue';

export interface StillList<T> {
  /** What to show: while somebody points at the list, its rows stay where they are, each as it is now. */
  rows: ComputedRef<readonly T[]>;
  /** How many new rows are held back. */
  held: ComputedRef<number>;
  /** For the element around the list: `v-on="still.on"`. */
  on: Record<'pointerenter' | 'pointerleave' | 'focusin' | 'focusout', (event: Event) => void>;
  /** Lets the new rows in. */
  release: () => void;
}

interface StillListOptions {
  /** What the rows answer; once that is another question, nothing is held back. */
  key?: () => string;
}

/** Keeps a list that refreshes itself from moving under the pointer, or under the keyboard's focus. */
export function useStillList<T extends { id: string }>(
  latest: () => readonly T[],
  { key = () => '' }: StillListOptions = {},
): StillList<T> {
  const isPointedAt = shallowRef(false);
  const hasFocus = shallowRef(false);
  const shown = shallowRef<readonly string[]>([]);
  const byId = computed(() => new Map(latest().map((row) => [row.id, row])));
  const before = shallowRef(new Map<string, T>());

  function release() {
    before.value = byId.value;
    shown.value = [...byId.value.keys()];
  }
  /** What comes behind the rows that are shown moves none of them. */
  function append() {
    const ids = [...byId.value.keys()];
    const known = new Set(shown.value);
    const last = ids.findLastIndex((id) => known.has(id));
    if (last < 0 && known.size > 0) return;
    shown.value = [...shown.value, ...ids.slice(last + 1)];
    before.value = new Map([...before.value, ...byId.value]);
  }
  watch(
    [byId, isPointedAt, hasFocus, key],
    ([, , , now], [, , , then]) => {
      if (now !== then || (!isPointedAt.value && !hasFocus.value)) release();
      else append();
    },
    { immediate: true },
  );

  return {
    // A row that left the list while it was held stays as it was last seen.
    rows: computed(() => shown.value.flatMap((id) => byId.value.get(id) ?? before.value.get(id) ?? [])),
    held: computed(() => {
      const known = new Set(shown.value);
      return latest().filter(({ id }) => !known.has(id)).length;
    }),
    on: {
      pointerenter: () => (isPointedAt.value = true),
      pointerleave: () => (isPointedAt.value = false),
      focusin: (event) => (hasFocus.value = (event.target as Element).matches(':focus-visible')),
      focusout: () => (hasFocus.value = false),
    },
    release,
  };
}
