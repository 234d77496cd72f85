import { useMutation, useQueryClient } from '@tanstack/vue-query';
import { createAudit, type AuditFilter } from '@understudy/shared/client/audit';
import { useLivePages } from '../composables/use-live-pages.ts';
import { useLiveQuery } from '../composables/use-live-query.ts';
import { useTransport } from './client.ts';
import { queryKeys } from './query-keys.ts';

const EVERY_MS = 10_000;
const MARKS_EVERY_MS = 30_000;
const MAX_MARKS = 100;

/** Changes by operators, newest first. */
export function useAudit(filter: () => AuditFilter) {
  const audit = createAudit(useTransport());
  return useLivePages({
    queryKey: () => queryKeys.audit(filter()),
    readPage: (cursor, call) => audit.list({ ...filter(), limit: 50, cursor }, call),
    everyMs: EVERY_MS,
  });
}

/** Changes of one thing, and of the dispatch configuration, since a moment: what a chart marks. */
export function useChangesSince(targetId: () => string, from: () => string, enabled: () => boolean) {
  const audit = createAudit(useTransport());
  const read = async (filter: AuditFilter, call: { signal: AbortSignal }) =>
    (await audit.list({ ...filter, from: from(), limit: MAX_MARKS }, call)).data;
  return useLiveQuery({
    queryKey: () => queryKeys.audit({ marksOf: targetId(), from: from() }),
    read: async (call) => {
      const lists = await Promise.all([read({ targetId: targetId() }, call), read({ kind: 'config' }, call)]);
      return lists
        .flat()
        .filter(({ action }) => action !== 'provider.drilled')
        .toSorted((a, b) => b.at.localeCompare(a.at));
    },
    everyMs: MARKS_EVERY_MS,
    enabled,
  });
}

export interface RestoreRequest {
  method: string;
  path: string;
  body: unknown;
}

/** Writes what was before a change; whatever it is about is read again. */
export function useRestore() {
  const send = useTransport();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: ({ method, path, body }: RestoreRequest) => send<unknown>(method, path, { body }),
    onSettled: () => queryClient.invalidateQueries(),
  });
}
