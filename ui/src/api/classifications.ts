import { isFinalState } from '@understudy/shared/client/wait';
import type { Classification } from '@understudy/shared/contracts/classification';
import { toValue, type MaybeRefOrGetter } from 'vue';
import { useLiveQuery } from '../composables/use-live-query.ts';
import { useClient } from './client.ts';
import { queryKeys } from './query-keys.ts';

const NEWEST_EVERY_MS = 5_000;
const RUNNING_EVERY_MS = 1_000;

export function useNewestClassifications(limit: number, enabled: () => boolean) {
  const client = useClient();
  return useLiveQuery({
    queryKey: () => queryKeys.classifications.newest(limit),
    read: async (call) => (await client.classifications.list({ limit }, call)).data,
    everyMs: NEWEST_EVERY_MS,
    topics: ['job.updated'],
    enabled,
  });
}

/** One job, followed until it is final. A null id reads nothing. */
export function useClassification(id: MaybeRefOrGetter<string | null>) {
  const client = useClient();
  return useLiveQuery({
    queryKey: () => queryKeys.classifications.one(toValue(id) ?? ''),
    read: (call) => client.classifications.get(toValue(id) ?? '', call),
    everyMs: (job: Classification | undefined) => (job && isFinalState(job.state) ? null : RUNNING_EVERY_MS),
    enabled: () => toValue(id) !== null,
  });
}
