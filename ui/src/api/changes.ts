import { createAudit, type AuditFilter } from '@understudy/shared/client/audit';
import type { AuditRow } from '@understudy/shared/contracts/audit';
import type { StatsWindow } from '@understudy/shared/contracts/stats';
import { toValue, type MaybeRefOrGetter } from 'vue';
import { useLiveQuery } from '../composables/use-live-query.ts';
import { useTransport } from './client.ts';
import { queryKeys } from './query-keys.ts';
import { useSession } from './session.ts';
import { toRange } from './window.ts';

const EVERY_MS = 30_000;
const MOST = 100;
/** What stands in the audit log and changed nothing. */
const NO_CHANGES: ReadonlySet<string> = new Set(['provider.drilled']);

interface ChangesOptions {
  queryKey: () => readonly unknown[];
  /** What is read: all that fits one of these. */
  filters: () => AuditFilter[];
}

/** Changes by operators, newest first; for administrators. */
function useChangesOf({ queryKey, filters }: ChangesOptions) {
  const audit = createAudit(useTransport());
  const { can } = useSession();
  return useLiveQuery({
    queryKey,
    read: async (call): Promise<AuditRow[]> => {
      const lists = await Promise.all(
        filters().map((filter) => audit.list({ ...filter, limit: MOST }, call)),
      );
      return lists
        .flatMap(({ data }) => data.filter(({ action }) => !NO_CHANGES.has(action)))
        .toSorted((a, b) => b.at.localeCompare(a.at));
    },
    everyMs: EVERY_MS,
    enabled: () => can('admin'),
  });
}

/** What operators changed of providers and of the configuration in a window. */
export function useChanges(window: MaybeRefOrGetter<StatsWindow>) {
  return useChangesOf({
    queryKey: () => queryKeys.audit({ changes: toValue(window) }),
    filters: () => {
      const { from } = toRange(toValue(window));
      return [
        { kind: 'config', from },
        { kind: 'provider', from },
      ];
    },
  });
}

/** What operators changed of one thing, and of the configuration, since a moment. */
export function useChangesSince(targetId: () => string, from: () => string) {
  return useChangesOf({
    queryKey: () => queryKeys.audit({ marksOf: targetId(), from: from() }),
    filters: () => [
      { targetId: targetId(), from: from() },
      { kind: 'config', from: from() },
    ],
  });
}
