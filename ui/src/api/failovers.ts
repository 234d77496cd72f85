import { useMutation } from '@tanstack/vue-query';
import { createFailovers, type FailoverFilter } from '@understudy/shared/client/failovers';
import { useLivePages } from '../composables/use-live-pages.ts';
import { useTransport } from './client.ts';
import { queryKeys } from './query-keys.ts';

const EVERY_MS = 10_000;

/** Switches from one provider to the next, newest first. */
export function useFailovers(filter: () => FailoverFilter) {
  const failovers = createFailovers(useTransport());
  return useLivePages({
    queryKey: () => queryKeys.failovers(filter()),
    readPage: (cursor, call) => failovers.list({ ...filter(), limit: 20, cursor }, call),
    everyMs: EVERY_MS,
    topics: ['failover'],
    isAllTold: true,
  });
}

/** Runs a drill; at most 15 s. */
export function useDrill() {
  const failovers = createFailovers(useTransport());
  return useMutation({
    mutationFn: (drill: Parameters<typeof failovers.drill>[0]) => failovers.drill(drill),
  });
}
