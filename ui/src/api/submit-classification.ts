import { useMutation, useQueryClient } from '@tanstack/vue-query';
import type { NewClassification } from '@understudy/shared/client/classifications';
import { useClient } from './client.ts';
import { queryKeys } from './query-keys.ts';

export interface SubmitClassification {
  input: NewClassification;
  waitSeconds: number;
}

/** Submits a job and waits a while for its answer; the reply goes to the cache that `useClassification` reads. */
export function useSubmitClassification() {
  const client = useClient();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: ({ input, waitSeconds }: SubmitClassification) =>
      client.classifications.submit(input, { waitSeconds }),
    onSuccess: (job) => {
      queryClient.setQueryData(queryKeys.classifications.one(job.id), job);
      void queryClient.invalidateQueries({ queryKey: ['classifications', 'newest'] });
    },
  });
}
