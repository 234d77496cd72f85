import { createAlerts } from '@understudy/shared/client/alerts';
import { useLiveQuery } from '../composables/use-live-query.ts';
import { useTransport } from './client.ts';
import { queryKeys } from './query-keys.ts';

const EVERY_MS = 10_000;
const MAX_ALERTS = 100;

/** What operators were told of and what still lasts, newest first. */
export function useOpenAlerts() {
  const alerts = createAlerts(useTransport());
  return useLiveQuery({
    queryKey: () => queryKeys.alerts,
    read: async (call) => (await alerts.list({ open: true, limit: MAX_ALERTS }, call)).data,
    everyMs: EVERY_MS,
    topics: ['provider.status'],
  });
}
