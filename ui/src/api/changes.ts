import { createAudit } from '@understudy/shared/client/audit';
import type { AuditRow } from '@understudy/shared/contracts/audit';
import type { StatsWindow } from '@understudy/shared/contracts/stats';
import { toValue, type MaybeRefOrGetter } from 'vue';
import { useLiveQuery } from '../composables/use-live-query.ts';
import { useTransport } from './client.ts';
import { queryKeys } from './query-keys.ts';
import { useSession } from './session.ts';
import { WINDOW_MS } from './stats.ts';

const EVERY_MS = 30_000;
const MOST = 100;
/** What bears on how providers fare. */
const KINDS = ['config', 'provider'] as const;
const NO_CHANGES: ReadonlySet<string> = new Set(['provider.drilled']);

/** What operators changed of providers and of the configuration in a window, oldest first; for administrators. */
export function useChanges(window: MaybeRefOrGetter<StatsWindow>) {
  const audit = createAudit(useTransport());
  const { can } = useSession();
  return useLiveQuery({
    queryKey: () => queryKeys.audit({ changes: toValue(window) }),
    read: async (call): Promise<AuditRow[]> => {
      const from = new Date(Date.now() - WINDOW_MS[toValue(window)]).toISOString();
      const lists = await Promise.all(KINDS.map((kind) => audit.list({ kind, from, limit: MOST }, call)));
      return lists
        .flatMap(({ data }) => data.filter(({ action }) => !NO_CHANGES.has(action)))
        .toSorted((a, b) => a.at.localeCompare(b.at));
    },
    everyMs: EVERY_MS,
    enabled: () => can('admin'),
  });
}
