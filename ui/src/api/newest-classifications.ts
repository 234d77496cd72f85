import { createClassificationList } from '@understudy/shared/client/classification-list';
import { useLiveQuery } from '../composables/use-live-query.ts';
import { useTransport } from './client.ts';
import { queryKeys } from './query-keys.ts';

const EVERY_MS = 5_000;

export function useNewestClassifications(limit: number, enabled: () => boolean) {
  const classifications = createClassificationList(useTransport());
  return useLiveQuery({
    queryKey: () => queryKeys.classifications.newestOf(limit),
    read: async (call) => (await classifications.list({ limit }, call)).data,
    everyMs: EVERY_MS,
    topics: ['job.updated'],
    enabled,
  });
}
