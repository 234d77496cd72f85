import { MutationObserver } from '@tanstack/vue-query';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createQueryClient } from './query-client.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('forgets the answer to a change, which may hold a secret, once nobody shows it any more', async () => {
  const queryClient = createQueryClient();
  const observer = new MutationObserver(queryClient, { mutationFn: async () => ({ token: 'ust_secret' }) });
  const close = observer.subscribe(() => undefined);
  expect(await observer.mutate()).toEqual({ token: 'ust_secret' });
  await vi.advanceTimersByTimeAsync(60_000);
  expect(observer.getCurrentResult().data).toEqual({ token: 'ust_secret' });
  observer.reset();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(queryClient.getMutationCache().getAll()).toEqual([]);
  close();
});
