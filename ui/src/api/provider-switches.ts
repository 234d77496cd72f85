import { useQueryClient } from '@tanstack/vue-query';
import { createProviders } from '@understudy/shared/client/providers';
import type { Provider } from '@understudy/shared/contracts/provider';
import { useFailureToast } from '../composables/use-failure-toast.ts';
import { useToasts } from '../composables/use-toasts.ts';
import { toPriorities, type Move } from './provider-order.ts';
import { useTransport } from './client.ts';
import { queryKeys } from './query-keys.ts';

/** What one click writes of a provider. */
type Change = Pick<Provider, 'id'> & Partial<Pick<Provider, 'enabled' | 'priority'>>;

const LIST = queryKeys.providers.list;

/**
 * What is done to providers with one click, from wherever they are shown. Each says what it did, with the way back where
 * there is one; what cannot be done is said, too.
 */
export function useProviderSwitches() {
  const providers = createProviders(useTransport());
  const queryClient = useQueryClient();
  const toasts = useToasts();
  const tellFailure = useFailureToast('change');

  /** When the list was read that is shown, in milliseconds; 0 where none is. */
  const toReadAt = () => queryClient.getQueryState(LIST)?.dataUpdatedAt ?? 0;

  /** Shows changes that nobody has read yet, so that the list is no newer for it. */
  function show(changes: readonly Change[]) {
    queryClient.setQueryData<Provider[]>(
      LIST,
      (list) =>
        list
          ?.map((provider) => ({ ...provider, ...changes.find(({ id }) => id === provider.id) }))
          .toSorted((a, b) => a.priority - b.priority || a.name.localeCompare(b.name)),
      { updatedAt: toReadAt() },
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

  /**
   * Shows the changes at once and makes them; the reading that follows shows how it is. Where one fails, it and those
   * behind it are shown as `before`, whose changes are of the same providers: the API may be away for that reading, too.
   */
  async function write(changes: readonly Change[], before: readonly Change[]): Promise<boolean> {
    // A reading that began before would undo what is shown.
    await queryClient.cancelQueries({ queryKey: LIST });
    show(changes);
    const readAt = toReadAt();
    const open = new Set(changes.map(({ id }) => id));
    return attempt(async () => {
      try {
        for (const { id, ...change } of changes) {
          await providers.update(id, change);
          open.delete(id);
        }
      } catch (error) {
        if (toReadAt() === readAt) show(before.filter(({ id }) => open.has(id)));
        throw error;
      }
    });
  }

  async function setEnabled({ id, name }: Provider, enabled: boolean) {
    const next = [{ id, enabled }];
    const before = [{ id, enabled: !enabled }];
    if (await write(next, before)) {
      toasts.show(`${name} is ${enabled ? 'on' : 'off'}.`, { undo: () => write(before, next) });
    }
  }

  async function reset({ id, name }: Provider) {
    if (await attempt(() => providers.reset(id))) {
      toasts.show(`${name} begins anew: circuit closed, cooldown over, flag gone.`);
    }
  }

  async function move(provider: Provider, how: Move) {
    const list = queryClient.getQueryData<Provider[]>(LIST) ?? [];
    const next = toPriorities(list, provider.id, how);
    const before = list
      .filter(({ id }) => next.some((one) => one.id === id))
      .map(({ id, priority }) => ({ id, priority }));
    if (next.length > 0 && (await write(next, before))) {
      const words = { up: 'one place earlier', down: 'one place later', first: 'first' }[how];
      toasts.show(`${provider.name} is tried ${words}.`, { undo: () => write(before, next) });
    }
  }

  return { setEnabled, reset, move, putFirst: (provider: Provider) => move(provider, 'first') };
}
