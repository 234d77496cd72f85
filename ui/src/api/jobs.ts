import { useMutation, useQueryClient } from '@tanstack/vue-query';
import type { NewBulkAction } from '@understudy/shared/client/classifications';
import { useLivePages } from '../composables/use-live-pages.ts';
import { useClient, useTransport } from './client.ts';
import { queryKeys } from './query-keys.ts';

/** What a list of jobs is narrowed by. */
export type JobFilter = NewBulkAction['filter'];

const PAGE = 50;
const EVERY_MS = 5_000;

/** Jobs of a filter, newest first. */
export function useJobs(filter: () => JobFilter) {
  const client = useClient();
  return useLivePages({
    queryKey: () => queryKeys.classifications.list(filter()),
    readPage: (cursor, call) => client.classifications.list({ ...filter(), limit: PAGE, cursor }, call),
    everyMs: EVERY_MS,
    topics: ['job.updated'],
  });
}

/** What an operator may do to one job, or to all jobs of a filter; what it changed is read again. */
export function useJobActions() {
  const { classifications } = useClient();
  const queryClient = useQueryClient();
  const onSettled = () => queryClient.invalidateQueries({ queryKey: queryKeys.classifications.all });
  return {
    cancel: useMutation({ mutationFn: (id: string) => classifications.cancel(id), onSettled }),
    retry: useMutation({ mutationFn: (id: string) => classifications.retry(id), onSettled }),
    erase: useMutation({ mutationFn: (id: string) => classifications.erase(id), onSettled }),
    correct: useMutation({
      mutationFn: ({ id, labels }: { id: string; labels: readonly string[] | null }) =>
        labels === null ? classifications.uncorrect(id) : classifications.correct(id, labels),
      onSettled,
    }),
    bulk: useMutation({ mutationFn: (action: NewBulkAction) => classifications.bulk(action), onSettled }),
  };
}

/** The jobs of a filter as CSV, whole: at most 100,000 rows, some tens of megabytes. */
export function useCsv() {
  const send = useTransport();
  return async (filter: JobFilter): Promise<Blob> => {
    const { value } = await send<Promise<Blob>>('GET', '/api/classifications', {
      query: { ...filter },
      headers: { Accept: 'text/csv' },
      read: (response) => response.blob(),
    });
    return value;
  };
}
