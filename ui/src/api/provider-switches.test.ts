import { VueQueryPlugin } from '@tanstack/vue-query';
import { UnreachableError } from '@understudy/shared/client/problem-error';
import type { Provider } from '@understudy/shared/contracts/provider';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createApp } from 'vue';
import { useToasts } from '../composables/use-toasts.ts';
import { provideClient, type ConsoleClient } from './client.ts';
import { useProviderSwitches } from './provider-switches.ts';
import { createQueryClient } from './query-client.ts';
import { queryKeys } from './query-keys.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(async () => {
  // The notes go by themselves.
  await vi.advanceTimersByTimeAsync(10_000);
  vi.useRealTimers();
});

const { toasts } = useToasts();
const READ_AT = Date.parse('2026-03-01T10:00:00Z');

const REPLY_MS = 100;
const MAIN = build('main');
const SPARE = build('spare');
const LAST = build('zulu');

/** No number is left between any two of them. */
function build(name: string): Provider {
  return { id: name, name, enabled: true, priority: 5 } as Provider;
}

/** A console that read its providers a while ago; the API takes the first `taken` changes and is away then. */
function setup({ taken }: { taken: number }) {
  let asked = 0;
  const send = async () => {
    asked += 1;
    const isTaken = asked <= taken;
    await new Promise((resolve) => setTimeout(resolve, REPLY_MS));
    if (!isTaken) throw new UnreachableError(null);
    return { value: {}, status: 200, headers: new Headers() };
  };
  const { list } = queryKeys.providers;
  const queryClient = createQueryClient();
  queryClient.setQueryData(list, [MAIN, SPARE, LAST], { updatedAt: READ_AT });
  const app = createApp({});
  provideClient(app, { send } as unknown as ConsoleClient);
  app.use(VueQueryPlugin, { queryClient });
  return {
    switches: app.runWithContext(useProviderSwitches),
    pass: (ms: number) => vi.advanceTimersByTimeAsync(ms),
    readAnew: (providers: Provider[]) => queryClient.setQueryData(list, providers),
    shown: () => queryClient.getQueryData<Provider[]>(list),
    state: () => queryClient.getQueryState(list),
  };
}

it('shows a switch at once, as of when the providers were read', async () => {
  const { switches, pass, shown, state } = setup({ taken: 1 });
  void switches.setEnabled(MAIN, false);
  await pass(REPLY_MS / 2);
  const switched = [{ ...MAIN, enabled: false }, SPARE, LAST];
  expect(shown()).toEqual(switched);
  expect(state()?.dataUpdatedAt).toBe(READ_AT);
  await pass(REPLY_MS);
  expect(shown()).toEqual(switched);
  expect(toasts.at(-1)?.text).toBe('main is off.');
});

it('shows a provider as it was read where its switch failed, and reads it again', async () => {
  const { switches, pass, shown, state } = setup({ taken: 0 });
  void switches.setEnabled(MAIN, false);
  await pass(REPLY_MS);
  expect(shown()).toEqual([MAIN, SPARE, LAST]);
  expect(state()).toMatchObject({ dataUpdatedAt: READ_AT, isInvalidated: true });
  expect(toasts.at(-1)?.tone).toBe('bad');
});

it('shows it switched where the way back failed', async () => {
  const { switches, pass, shown } = setup({ taken: 1 });
  void switches.setEnabled(MAIN, false);
  await pass(REPLY_MS);
  void toasts.at(-1)?.undo?.();
  await pass(REPLY_MS);
  expect(shown()).toEqual([{ ...MAIN, enabled: false }, SPARE, LAST]);
});

it('takes back one failed switch of two, whichever ends first', async () => {
  const { switches, pass, shown } = setup({ taken: 0 });
  void switches.setEnabled(MAIN, false);
  await pass(REPLY_MS / 2);
  void switches.setEnabled(SPARE, false);
  await pass(REPLY_MS / 2);
  expect(shown()).toEqual([MAIN, { ...SPARE, enabled: false }, LAST]);
  await pass(REPLY_MS / 2);
  expect(shown()).toEqual([MAIN, SPARE, LAST]);
});

it('leaves alone what was read since, where only the reply to a switch was lost', async () => {
  const { switches, pass, shown, readAnew } = setup({ taken: 0 });
  void switches.setEnabled(MAIN, false);
  await pass(REPLY_MS / 2);
  readAnew([{ ...MAIN, enabled: false }, SPARE, LAST]);
  await pass(REPLY_MS);
  expect(shown()).toEqual([{ ...MAIN, enabled: false }, SPARE, LAST]);
});

it.for([
  { taken: 0, order: ['main 5', 'spare 5', 'zulu 5'] },
  { taken: 1, order: ['spare 5', 'zulu 5', 'main 10'] },
  { taken: 3, order: ['main 10', 'zulu 20', 'spare 30'] },
])('shows an order as far as it was written, $taken of 3', async ({ taken, order }) => {
  const { switches, pass, shown, state } = setup({ taken });
  void switches.move(LAST, 'up');
  await pass(3 * REPLY_MS);
  expect(shown()?.map(({ name, priority }) => `${name} ${priority}`)).toEqual(order);
  expect(state()?.dataUpdatedAt).toBe(READ_AT);
});
