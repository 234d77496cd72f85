import { QueryClient } from '@tanstack/vue-query';
import { isWorthRepeating } from '@understudy/shared/client/wait';

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
      mutations: { networkMode: 'always', retry: false },
    },
  });
}
