import { useMutation, useQueryClient } from '@tanstack/vue-query';
import {
  createClassifiers,
  type ClassifierDefinition,
  type NewClassifier,
} from '@understudy/shared/client/classifiers';
import { useTransport } from './client.ts';
import { queryKeys } from './query-keys.ts';

export interface ReplaceClassifier {
  name: string;
  input: ClassifierDefinition;
  etag?: string | null;
}

export interface RestoreVersion {
  name: string;
  version: number;
  etag?: string | null;
}

/** What may be done to classifiers; each makes what it changed stale. */
export function useClassifierActions() {
  const classifiers = createClassifiers(useTransport());
  const queryClient = useQueryClient();
  const onSettled = () => queryClient.invalidateQueries({ queryKey: queryKeys.classifiers.all });
  return {
    create: useMutation({ mutationFn: (input: NewClassifier) => classifiers.create(input), onSettled }),
    replace: useMutation({
      mutationFn: ({ name, input, etag }: ReplaceClassifier) =>
        classifiers.replace(name, input, { ifMatch: etag }),
      onSettled,
    }),
    /** Writes an old version again, as the newest. */
    restore: useMutation({
      mutationFn: async ({ name, version, etag }: RestoreVersion) => {
        const { labels, instructions, multiLabel, threshold } = await classifiers.version(name, version);
        const input = { labels, instructions, multiLabel, threshold };
        return classifiers.replace(name, input, { ifMatch: etag });
      },
      onSettled,
    }),
    remove: useMutation({
      mutationFn: (name: string) => classifiers.remove(name),
      onSuccess: (_, name) => {
        // A classifier that is made anew under this name begins with version 1 again.
        queryClient.removeQueries({ queryKey: queryKeys.classifiers.one(name) });
        queryClient.removeQueries({ queryKey: queryKeys.classifiers.eachVersion(name) });
        void queryClient.invalidateQueries({ queryKey: queryKeys.classifiers.list });
      },
    }),
  };
}
