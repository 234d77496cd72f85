import { useMutation, useQueryClient } from '@tanstack/vue-query';
import { createClients } from '@understudy/shared/client/clients';
import { createTokens, type NewToken } from '@understudy/shared/client/tokens';
import { useLivePages } from '../composables/use-live-pages.ts';
import { useLiveQuery } from '../composables/use-live-query.ts';
import { useTransport } from './client.ts';
import { queryKeys } from './query-keys.ts';

const EVERY_MS = 15_000;
const MAX_CLIENTS = 200;

/** Tokens that are good, newest first. */
export function useTokens({ enabled }: { enabled?: () => boolean } = {}) {
  const tokens = createTokens(useTransport());
  return useLivePages({
    queryKey: () => queryKeys.tokens,
    readPage: (cursor, call) => tokens.list({ limit: 50, cursor }, call),
    everyMs: EVERY_MS,
    ...(enabled && { enabled }),
  });
}

/** Upstream systems, by name. */
export function useClients() {
  const clients = createClients(useTransport());
  return useLiveQuery({
    queryKey: () => queryKeys.clients,
    read: async (call) => (await clients.list({ limit: MAX_CLIENTS }, call)).data,
    everyMs: null,
  });
}

export function useTokenActions() {
  const tokens = createTokens(useTransport());
  const queryClient = useQueryClient();
  const onSettled = () => {
    void queryClient.invalidateQueries({ queryKey: queryKeys.tokens });
    void queryClient.invalidateQueries({ queryKey: queryKeys.clients });
  };
  return {
    create: useMutation({ mutationFn: (token: NewToken) => tokens.create(token), onSettled }),
    revoke: useMutation({ mutationFn: (id: string) => tokens.revoke(id), onSettled }),
  };
}
