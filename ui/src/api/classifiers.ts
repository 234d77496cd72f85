import { createClassifiers } from '@understudy/shared/client/classifiers';
import { useLiveQuery } from '../composables/use-live-query.ts';
import { useTransport } from './client.ts';
import { queryKeys } from './query-keys.ts';

const MOST_CLASSIFIERS = 200;

export function useClassifiers() {
  const classifiers = createClassifiers(useTransport());
  return useLiveQuery({
    queryKey: () => queryKeys.classifiers.list,
    read: async (call) => (await classifiers.list({ limit: MOST_CLASSIFIERS }, call)).data,
    everyMs: null,
  });
}
