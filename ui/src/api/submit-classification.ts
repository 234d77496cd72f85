import { useMutation, useQueryClient } from '@tanstack/vue-query';
import { createClassifications, type NewClassification } from '@understudy/shared/client/classifications';
import { useTransport } from './client.ts';
import { queryKeys } from './query-keys.ts';

export interface SubmitClassification {
  input: NewClassification;
  waitSeconds: number;
}

/** Submits a job and waits a while for its answer; the reply goes to the cache that `useClassification` reads. */
export function useSubmitClassification() {
  const classifications = createClassifications(useTransport());
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: ({ input, waitSeconds }: SubmitClassification) =>
      classifications.submit(input, { waitSeconds }),
    onSuccess: (job) => {
      queryClient.setQueryData(queryKeys.classifications.one(job.id), job);
      void queryClient.invalidateQueries({ queryKey: queryKeys.classifications.newest });
    },
  });
}
