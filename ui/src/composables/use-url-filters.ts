import { computed, type WritableComputedRef } from 'vue';
import { useRoute, useRouter } from 'vue-router';

/** Names of filters with the value that each has where the address does not say; an empty one means none. */
type Defaults = Record<string, string>;

export interface UrlFilters<D extends Defaults> {
  /** One filter, to read and to write; the address follows, without a step in the history. */
  filter: (name: keyof D & string) => WritableComputedRef<string>;
  /** One that has some values only: what else the address says counts as its default. */
  choice: <T extends string>(
    name: keyof D & string,
    options: readonly { value: T }[],
  ) => WritableComputedRef<T>;
  /** All that differ from their default. */
  active: Readonly<{ value: Partial<Record<keyof D & string, string>> }>;
  set: (values: Partial<Record<keyof D & string, string>>) => void;
  clear: () => void;
}

/** A page's filters in the query of its address, so that a link to what one sees can be shared and opened again. */
export function useUrlFilters<D extends Defaults>(defaults: D): UrlFilters<D> {
  const route = useRoute();
  const router = useRouter();
  const read = (name: string) => {
    const value = route.query[name];
    return typeof value === 'string' ? value : (defaults[name] ?? '');
  };

  function set(values: Partial<Record<string, string>>) {
    const query = { ...route.query };
    for (const [name, value = ''] of Object.entries(values)) {
      if (value === (defaults[name] ?? '')) delete query[name];
      else query[name] = value;
    }
    void router.replace({ query, hash: route.hash });
  }

  return {
    filter: (name) => computed({ get: () => read(name), set: (value) => set({ [name]: value }) }),
    choice: <T extends string>(name: string, options: readonly { value: T }[]) =>
      computed({
        get: () => options.find(({ value }) => value === read(name))?.value ?? (defaults[name] as T),
        set: (value) => set({ [name]: value }),
      }),
    active: computed(
      () =>
        Object.fromEntries(
          Object.keys(defaults).flatMap((name) => {
            const value = read(name);
            return value === defaults[name] ? [] : [[name, value]];
          }),
        ) as Partial<Record<keyof D & string, string>>,
    ),
    set,
    clear: () => set(defaults),
  };
}
