import { createClassifications } from '@understudy/shared/client/classifications';
import { isFinalState } from '@understudy/shared/client/wait';
import type { Classification } from '@understudy/shared/contracts/classification';
import { toValue, type MaybeRefOrGetter } from 'vue';
import { useLiveQuery } from '../composables/use-live-query.ts';
import { useTransport } from './client.ts';
import { queryKeys } from './query-keys.ts';

const RUNNING_EVERY_MS = 1_000;

/** One job, followed until it is final. A null id reads nothing. */
export function useClassification(id: MaybeRefOrGetter<string | null>) {
  const classifications = createClassifications(useTransport());
  return useLiveQuery({
    queryKey: () => queryKeys.classifications.one(toValue(id) ?? ''),
    read: (call) => classifications.get(toValue(id) ?? '', call),
    everyMs: (job: Classification | undefined) => (job && isFinalState(job.state) ? null : RUNNING_EVERY_MS),
    enabled: () => toValue(id) !== null,
  });
}
