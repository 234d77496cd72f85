import { useLiveQuery } from '../composables/use-live-query.ts';
import { useClient } from './client.ts';
import { queryKeys } from './query-keys.ts';

const MOST_CLASSIFIERS = 200;

export function useClassifiers() {
  const client = useClient();
  return useLiveQuery({
    queryKey: () => queryKeys.classifiers.list,
    read: async (call) => (await client.classifiers.list({ limit: MOST_CLASSIFIERS }, call)).data,
    everyMs: null,
  });
}
