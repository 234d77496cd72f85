import { useMutation, useQueryClient } from '@tanstack/vue-query';
import { createProviders, type NewProvider, type ProviderPatch } from '@understudy/shared/client/providers';
import type { Provider } from '@understudy/shared/contracts/provider';
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
    /** As it is now, with its tag, past the cache. */
    read: (id: string) => providers.read(id),
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
    acceptOffer: useMutation({ mutationFn: (type: string) => providers.acceptOffer(type), onSettled }),
  };
}

/** Calls the provider now. The result also settles its flag, so its status is read again. */
export function useProviderTest(id: MaybeRefOrGetter<string>) {
  const providers = createProviders(useTransport());
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: () => providers.test(toValue(id)),
    onSettled: () => queryClient.invalidateQueries({ queryKey: queryKeys.providers.all }),
  });
}

/** Tests a provider as it is saved, or one that is not. */
export function useProviderTrial() {
  const providers = createProviders(useTransport());
  return useMutation({
    mutationFn: (trial: { kind: 'saved'; id: string } | { kind: 'unsaved'; input: NewProvider }) =>
      trial.kind === 'saved' ? providers.test(trial.id) : providers.testUnsaved(trial.input),
  });
}

/** A change of a few fields, and a try of a key that is not saved yet. */
export function useProviderPatch() {
  const providers = createProviders(useTransport());
  const queryClient = useQueryClient();
  return {
    patch: useMutation({
      mutationFn: ({ id, patch }: { id: string; patch: ProviderPatch }) => providers.update(id, patch),
      onSettled: () => queryClient.invalidateQueries({ queryKey: queryKeys.providers.all }),
    }),
    tryKey: useMutation({
      mutationFn: ({ provider, apiKey }: { provider: Provider; apiKey: string }) =>
        providers.testUnsaved(toTrial(provider, apiKey)),
    }),
  };
}

/** The same provider with another key, as one that is not saved. */
function toTrial({ name, type, baseUrl, configuration }: Provider, apiKey: string): NewProvider {
  return { name, type, baseUrl, configuration, apiKey } as NewProvider;
}
