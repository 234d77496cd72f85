import { useMutation, useQueryClient } from '@tanstack/vue-query';
import { createAudit, type AuditFilter } from '@understudy/shared/client/audit';
import { useLivePages } from '../composables/use-live-pages.ts';
import { useTransport } from './client.ts';
import { queryKeys } from './query-keys.ts';

const EVERY_MS = 10_000;

/** Changes by operators, newest first. */
export function useAudit(filter: () => AuditFilter) {
  const audit = createAudit(useTransport());
  return useLivePages({
    queryKey: () => queryKeys.audit(filter()),
    readPage: (cursor, call) => audit.list({ ...filter(), limit: 50, cursor }, call),
    everyMs: EVERY_MS,
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
