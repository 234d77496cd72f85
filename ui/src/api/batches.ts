import { useMutation, useQueryClient } from '@tanstack/vue-query';
import { createBatches, type NewBatch } from '@understudy/shared/client/batches';
import { NDJSON } from '@understudy/shared/client/ndjson';
import type { Batch } from '@understudy/shared/contracts/batch';
import { toValue, type MaybeRefOrGetter } from 'vue';
import { useLivePages } from '../composables/use-live-pages.ts';
import { useLiveQuery } from '../composables/use-live-query.ts';
import { useTransport } from './client.ts';
import { queryKeys } from './query-keys.ts';

const LIST_EVERY_MS = 5_000;
const RUNNING_EVERY_MS = 2_000;

/** Batches, newest first. */
export function useBatches() {
  const batches = createBatches(useTransport());
  return useLivePages({
    queryKey: () => queryKeys.batches.list,
    readPage: (cursor, call) => batches.list({ limit: 50, cursor }, call),
    everyMs: LIST_EVERY_MS,
    topics: ['batch.updated'],
  });
}

/** One batch, followed until it has finished. */
export function useBatch(id: MaybeRefOrGetter<string>) {
  const batches = createBatches(useTransport());
  return useLiveQuery({
    queryKey: () => queryKeys.batches.one(toValue(id)),
    read: (call) => batches.get(toValue(id), call),
    everyMs: (batch: Batch | undefined) => (batch?.finishedAt ? null : RUNNING_EVERY_MS),
    topics: ['batch.updated'],
  });
}

export function useBatchActions() {
  const batches = createBatches(useTransport());
  const queryClient = useQueryClient();
  const onSettled = () => {
    void queryClient.invalidateQueries({ queryKey: queryKeys.batches.all });
    void queryClient.invalidateQueries({ queryKey: queryKeys.classifications.all });
  };
  return {
    submit: useMutation({
      mutationFn: ({ batch, idempotencyKey }: { batch: NewBatch; idempotencyKey: string }) =>
        batches.submit(batch, { idempotencyKey }),
      onSettled,
    }),
    cancel: useMutation({ mutationFn: (id: string) => batches.cancel(id), onSettled }),
  };
}

/** The jobs of a batch in order of input, as lines of JSON. */
export function useBatchResults() {
  const send = useTransport();
  return async (id: string): Promise<Blob> => {
    const path = `/api/batches/${encodeURIComponent(id)}/results`;
    const { value } = await send<Blob>('GET', path, {
      headers: { Accept: NDJSON },
      read: (response) => response.blob(),
    });
    return value;
  };
}
