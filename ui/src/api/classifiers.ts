import { createClassifiers } from '@understudy/shared/client/classifiers';
import { iteratePages } from '@understudy/shared/client/page';
import type { Classifier } from '@understudy/shared/contracts/classifier';
import { computed, toValue, type MaybeRefOrGetter } from 'vue';
import { useLivePages } from '../composables/use-live-pages.ts';
import { useLiveQuery } from '../composables/use-live-query.ts';
import { useTransport } from './client.ts';
import { queryKeys } from './query-keys.ts';

const MAX_CHOICES = 200;
const EVERY_MS = 10_000;

/** Classifiers, newest first, each in its newest version, without the examples of their labels. */
export function useClassifiers() {
  const classifiers = createClassifiers(useTransport());
  return useLivePages({
    queryKey: () => queryKeys.classifiers.list,
    readPage: (cursor, call) => classifiers.list({ limit: 50, cursor }, call),
    everyMs: EVERY_MS,
  });
}

/** The newest classifiers, to choose one of; `hint` says what there is to say of the choice. */
export function useClassifierChoices() {
  const classifiers = createClassifiers(useTransport());
  const { data } = useLiveQuery({
    queryKey: () => [...queryKeys.classifiers.list, 'choices'],
    read: async (call) => {
      const found: Classifier[] = [];
      // Not one page: it ends early where they are large.
      const list = iteratePages((cursor) => classifiers.list({ limit: MAX_CHOICES, cursor }, call));
      for await (const classifier of list) {
        found.push(classifier);
        if (found.length === MAX_CHOICES) break;
      }
      return found;
    },
    everyMs: null,
  });
  return {
    data,
    hint: computed(() => {
      if (data.value?.length === 0) return 'There is none yet: “Classifiers” makes one.';
      const isCut = data.value?.length === MAX_CHOICES;
      return `Its newest version is taken.${isCut ? ` Only the newest ${MAX_CHOICES} are listed.` : ''}`;
    }),
  };
}

/** The newest version, whole, with the tag that guards a write. `live: false` reads it once, for a form. */
export function useClassifier(name: MaybeRefOrGetter<string>, { live }: { live: boolean }) {
  const classifiers = createClassifiers(useTransport());
  return useLiveQuery({
    queryKey: () => [...queryKeys.classifiers.one(toValue(name)), live ? 'live' : 'once'],
    read: (call) => classifiers.read(toValue(name), call),
    everyMs: live ? EVERY_MS : null,
  });
}

/** Versions, newest first, without the examples of their labels. */
export function useClassifierVersions(name: MaybeRefOrGetter<string>) {
  const classifiers = createClassifiers(useTransport());
  return useLivePages({
    queryKey: () => queryKeys.classifiers.versions(toValue(name)),
    readPage: (cursor, call) => classifiers.versions(toValue(name), { limit: 20, cursor }, call),
    everyMs: EVERY_MS,
  });
}

/** One version, whole; it never changes. Version 0, before the first, reads nothing. */
export function useClassifierVersion(name: MaybeRefOrGetter<string>, version: MaybeRefOrGetter<number>) {
  const classifiers = createClassifiers(useTransport());
  return useLiveQuery({
    queryKey: () => queryKeys.classifiers.version(toValue(name), toValue(version)),
    read: (call) => classifiers.version(toValue(name), toValue(version), call),
    everyMs: null,
    enabled: () => toValue(version) > 0,
  });
}

/** Reads the newest version now, past the cache. */
export function useReadClassifier() {
  const classifiers = createClassifiers(useTransport());
  return (name: string) => classifiers.read(name);
}
