import { useMutation, useQueryClient } from '@tanstack/vue-query';
import { createClients } from '@understudy/shared/client/clients';
import { createWebhooks, type NewWebhook } from '@understudy/shared/client/webhooks';
import type { Webhook } from '@understudy/shared/contracts/webhook';
import { useFailureToast } from '../composables/use-failure-toast.ts';
import { useToasts } from '../composables/use-toasts.ts';
import { useTransport } from './client.ts';
import { queryKeys } from './query-keys.ts';

/** How long the API may hold the reply of a test. */
const TEST_WAIT_SECONDS = 20;

export interface ReplaceWebhook {
  id: string;
  input: NewWebhook;
  etag: string | null;
}

/** What may be done to endpoints; each makes what it changed stale. */
export function useWebhookActions() {
  const send = useTransport();
  const webhooks = createWebhooks(send);
  const clients = createClients(send);
  const queryClient = useQueryClient();
  const onSettled = () => queryClient.invalidateQueries({ queryKey: queryKeys.webhooks.all });
  return {
    /** As it is now, with its tag, past the cache. */
    read: (id: string) => webhooks.read(id),
    create: useMutation({
      mutationFn: (input: NewWebhook) => webhooks.create(input),
      // Its secret, which is shown once, waits for no list.
      onSettled: () => void onSettled(),
    }),
    replace: useMutation({
      mutationFn: ({ id, input, etag }: ReplaceWebhook) => webhooks.replace(id, input, { ifMatch: etag }),
      onSettled,
    }),
    remove: useMutation({
      mutationFn: (id: string) => webhooks.remove(id),
      onSuccess: (_, id) => {
        queryClient.removeQueries({ queryKey: queryKeys.webhooks.one(id) });
        void queryClient.invalidateQueries({ queryKey: queryKeys.webhooks.list });
      },
    }),
    test: useMutation({
      mutationFn: (id: string) => webhooks.test(id, { waitSeconds: TEST_WAIT_SECONDS }),
      onSettled,
    }),
    rotateSecret: useMutation({ mutationFn: (id: string) => webhooks.rotateSecret(id) }),
    rotateClientSecret: useMutation({ mutationFn: (name: string) => clients.rotateSecret(name) }),
  };
}

/** Switches an endpoint on or off with one click, and says so with the way back. */
export function useWebhookSwitch() {
  const webhooks = createWebhooks(useTransport());
  const queryClient = useQueryClient();
  const { show } = useToasts();
  const tellFailure = useFailureToast('change');

  async function write(id: string, enabled: boolean): Promise<boolean> {
    try {
      await webhooks.update(id, { enabled });
      return true;
    } catch (error) {
      tellFailure(error);
      return false;
    } finally {
      void queryClient.invalidateQueries({ queryKey: queryKeys.webhooks.all });
    }
  }

  return async ({ id, url }: Webhook, enabled: boolean) => {
    if (await write(id, enabled)) {
      const host = URL.parse(url)?.host ?? url;
      show(`The endpoint at ${host} is ${enabled ? 'on' : 'off'}.`, { undo: () => write(id, !enabled) });
    }
  };
}
