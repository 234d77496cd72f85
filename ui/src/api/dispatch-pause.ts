import { useQueryClient } from '@tanstack/vue-query';
import { createConfig } from '@understudy/shared/client/config';
import { computed } from 'vue';
import { useFailureToast } from '../composables/use-failure-toast.ts';
import { useToasts } from '../composables/use-toasts.ts';
import { useTransport } from './client.ts';
import { useConfig } from './config.ts';
import { queryKeys } from './query-keys.ts';

/** Whether dispatch is paused, and the switch for it, which says what it did and can be taken back. */
export function useDispatchPause() {
  const config = createConfig(useTransport());
  const queryClient = useQueryClient();
  const { show } = useToasts();
  const tellFailure = useFailureToast('change');
  const reading = useConfig({ live: true });

  async function write(paused: boolean) {
    const tagged = await config.update({ paused });
    queryClient.setQueryData([...queryKeys.config, 'live'], tagged);
    void queryClient.invalidateQueries({ queryKey: queryKeys.config });
  }

  async function setPaused(paused: boolean) {
    try {
      await write(paused);
      const words = paused ? 'Dispatch is paused: jobs are accepted and wait.' : 'Dispatch goes on.';
      show(words, { undo: () => write(!paused) });
    } catch (error) {
      tellFailure(error);
    }
  }

  return { isPaused: computed(() => reading.data.value?.config.paused ?? false), reading, setPaused };
}
