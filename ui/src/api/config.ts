import { useMutation, useQueryClient } from '@tanstack/vue-query';
import { createConfig } from '@understudy/shared/client/config';
import type { DispatchConfigPart } from '@understudy/shared/contracts/dispatch-config';
import { useLiveQuery } from '../composables/use-live-query.ts';
import { useTransport } from './client.ts';
import { queryKeys } from './query-keys.ts';

const EVERY_MS = 10_000;

/** The dispatch configuration with its tag. `live: false` reads it once, for a form. */
export function useConfig({ live }: { live: boolean }) {
  const config = createConfig(useTransport());
  return useLiveQuery({
    queryKey: () => [...queryKeys.config, live ? 'live' : 'once'],
    read: (call) => config.get(call),
    everyMs: live ? EVERY_MS : null,
  });
}

/** Changes a part of it; with a tag only what was read. */
export function useConfigChange() {
  const config = createConfig(useTransport());
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: ({ part, etag }: { part: DispatchConfigPart; etag?: string | null }) =>
      config.update(part, { ifMatch: etag }),
    onSettled: () => queryClient.invalidateQueries({ queryKey: queryKeys.config }),
  });
}
