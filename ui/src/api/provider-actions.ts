import { useMutation, useQueryClient } from '@tanstack/vue-query';
import { createProviders, type NewProvider } from '@understudy/shared/client/providers';
import { toValue, type MaybeRefOrGetter } from 'vue';
import { useTransport } from './client.ts';
import { queryKeys } from './query-keys.ts';

export interface ReplaceProvider {
  id: string;
  input: NewProvider;
  etag: string | null;
}

/** What an operator may do to providers; each makes what it changed stale. */
export function useProviderActions() {
  const providers = createProviders(useTransport());
  const queryClient = useQueryClient();
  const onSettled = () => queryClient.invalidateQueries({ queryKey: queryKeys.providers.all });
  return {
    create: useMutation({ mutationFn: (input: NewProvider) => providers.create(input), onSettled }),
    replace: useMutation({
      mutationFn: ({ id, input, etag }: ReplaceProvider) => providers.replace(id, input, { ifMatch: etag }),
      onSettled,
    }),
    remove: useMutation({
      mutationFn: (id: string) => providers.remove(id),
      onSuccess: (_, id) => {
        queryClient.removeQueries({ queryKey: queryKeys.providers.one(id) });
        void queryClient.invalidateQueries({ queryKey: queryKeys.providers.list });
        void queryClient.invalidateQueries({ queryKey: queryKeys.providers.health });
      },
    }),
    setEnabled: useMutation({
      mutationFn: ({ id, enabled }: { id: string; enabled: boolean }) => providers.update(id, { enabled }),
      onSettled,
    }),
    acceptOffer: useMutation({ mutationFn: (type: string) => providers.acceptOffer(type), onSettled }),
  };
}

/** Calls the provider now. The result also settles its flag, so its status is read again. */
export function useProviderTest(id: MaybeRefOrGetter<string>) {
  const providers = createProviders(useTransport());
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: () => providers.test(toValue(id)),
    onSettled: () => queryClient.invalidateQueries({ queryKey: queryKeys.providers.list }),
  });
}
