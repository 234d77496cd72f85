import { useQueryClient } from '@tanstack/vue-query';
import { createProviders } from '@understudy/shared/client/providers';
import type { Provider } from '@understudy/shared/contracts/provider';
import { useFailureToast } from '../composables/use-failure-toast.ts';
import { useToasts } from '../composables/use-toasts.ts';
import { toPriorities, type Move, type Ordered } from './provider-order.ts';
import { useTransport } from './client.ts';
import { queryKeys } from './query-keys.ts';

/**
 * What is done to providers with one click, from wherever they are shown. Each says what it did, with the way back where
 * there is one; what cannot be done is said, too.
 */
export function useProviderSwitches() {
  const providers = createProviders(useTransport());
  const queryClient = useQueryClient();
  const toasts = useToasts();
  const tellFailure = useFailureToast('change');

  /** Shows the change at once; the reading that follows shows how it is. One that began before would undo it. */
  async function showAtOnce(patches: readonly ({ id: string } & Partial<Provider>)[]) {
    await queryClient.cancelQueries({ queryKey: queryKeys.providers.list });
    queryClient.setQueryData<Provider[]>(queryKeys.providers.list, (list) =>
      list
        ?.map((provider) => ({ ...provider, ...patches.find(({ id }) => id === provider.id) }))
        .toSorted((a, b) => a.priority - b.priority || a.name.localeCompare(b.name)),
    );
  }

  async function attempt(work: () => Promise<unknown>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (error) {
      tellFailure(error);
      return false;
    } finally {
      void queryClient.invalidateQueries({ queryKey: queryKeys.providers.all });
    }
  }

  async function setEnabled({ id, name }: Provider, enabled: boolean) {
    const write = async (value: boolean) => {
      await showAtOnce([{ id, enabled: value }]);
      return attempt(() => providers.update(id, { enabled: value }));
    };
    if (await write(enabled)) {
      toasts.show(`${name} is ${enabled ? 'on' : 'off'}.`, { undo: () => write(!enabled) });
    }
  }

  async function reset({ id, name }: Provider) {
    if (await attempt(() => providers.reset(id))) {
      toasts.show(`${name} begins anew: circuit closed, cooldown over, flag gone.`);
    }
  }

  async function move(provider: Provider, how: Move) {
    const list = queryClient.getQueryData<Provider[]>(queryKeys.providers.list) ?? [];
    const next = toPriorities(list, provider.id, how);
    const before = next.map(({ id }) => list.find((one) => one.id === id)).filter((one) => one !== undefined);
    const write = async (order: readonly Ordered[]) => {
      await showAtOnce(order.map(({ id, priority }) => ({ id, priority })));
      return attempt(async () => {
        for (const { id, priority } of order) await providers.update(id, { priority });
      });
    };
    if (next.length > 0 && (await write(next))) {
      const words = { up: 'one place earlier', down: 'one place later', first: 'first' }[how];
      toasts.show(`${provider.name} is tried ${words}.`, { undo: () => write(before) });
    }
  }

  return { setEnabled, reset, move, putFirst: (provider: Provider) => move(provider, 'first') };
}
