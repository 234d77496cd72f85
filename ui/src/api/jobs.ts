import { useMutation, useQueryClient } from '@tanstack/vue-query';
import { createClassificationList } from '@understudy/shared/client/classification-list';
import { createClassifications, type NewBulkAction } from '@understudy/shared/client/classifications';
import { toValue, type MaybeRefOrGetter } from 'vue';
import { useLivePages } from '../composables/use-live-pages.ts';
import { useTransport } from './client.ts';
import { queryKeys } from './query-keys.ts';

/** What a list of jobs is narrowed by. */
export type JobFilter = NewBulkAction['filter'];

const PAGE = 50;
const EVERY_MS = 5_000;
const DELIVERIES_EVERY_MS = 3_000;

interface JobsView {
  /** What the list is known by. */
  view: () => object;
  /** What it is asked with, which may depend on the time. */
  toFilter: () => JobFilter;
}

/** Jobs of a filter, newest first. */
export function useJobs({ view, toFilter }: JobsView) {
  const classifications = createClassificationList(useTransport());
  return useLivePages({
    queryKey: () => queryKeys.classifications.list(view()),
    readPage: (cursor, call) => classifications.list({ ...toFilter(), limit: PAGE, cursor }, call),
    everyMs: EVERY_MS,
    topics: ['job.updated'],
  });
}

/** What an operator may do to one job, or to all jobs of a filter; what it changed is read again. */
export function useJobActions() {
  const classifications = createClassifications(useTransport());
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
    bulk: useMutation({
      mutationFn: ({ signal, ...action }: NewBulkAction & { signal?: AbortSignal }) =>
        classifications.bulk(action, { signal }),
      // What only counts changes nothing.
      onSettled: (_done, _error, { dryRun }) => (dryRun ? undefined : onSettled()),
    }),
  };
}

/** What a job has sent to its own `webhookUrl`, newest first, each with every try. */
export function useJobDeliveries(id: MaybeRefOrGetter<string>) {
  const classifications = createClassifications(useTransport());
  return useLivePages({
    queryKey: () => queryKeys.classifications.deliveriesOf(toValue(id)),
    readPage: (cursor, call) => classifications.deliveries(toValue(id), { limit: 20, cursor }, call),
    everyMs: DELIVERIES_EVERY_MS,
  });
}

/** Has one of these made again, by id. */
export function useJobRedeliver(id: MaybeRefOrGetter<string>) {
  const classifications = createClassifications(useTransport());
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (deliveryId: string) => classifications.redeliver(toValue(id), deliveryId),
    onSettled: () =>
      queryClient.invalidateQueries({ queryKey: queryKeys.classifications.deliveriesOf(toValue(id)) }),
  });
}

export interface JobsCsv {
  file: Blob;
  /** How many rows it may have. */
  rowLimit: number;
}

/** The jobs of a filter as CSV, whole: some tens of megabytes at most. */
export function useCsv() {
  const send = useTransport();
  return async (filter: JobFilter): Promise<JobsCsv> => {
    const { value, headers } = await send<Blob>('GET', '/api/classifications', {
      query: { ...filter },
      headers: { Accept: 'text/csv' },
      read: (response) => response.blob(),
    });
    return { file: value, rowLimit: Number(headers.get('Understudy-Row-Limit') ?? Infinity) };
  };
}
