import { QueryClient } from '@tanstack/vue-query';
import { isWorthRepeating } from '@understudy/shared/client/problem-error';

/** The console's one cache. */
export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        // A console on 127.0.0.1 works without the internet; the browser's idea of "offline" is not ours.
        networkMode: 'always',
        retry: (failures, error) => failures < 1 && isWorthRepeating(error),
        retryDelay: 400,
        staleTime: 1_000,
        shallow: true,
      },
      // What a change was made with and answered may be a secret, so it is not kept once its dialog is closed. Not 0 ms:
      // one that goes on after its page was left would be looked at without a pause.
      mutations: { networkMode: 'always', retry: false, gcTime: 1_000 },
    },
  });
}
