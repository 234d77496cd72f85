import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { shallowRef } from 'vue';
import { createLive } from '../composables/use-live.ts';
import { followEvents } from './event-stream.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** A page whose connections to the service are counted for as long as they are open. */
async function setup({ isSeen = true }: { isSeen?: boolean } = {}) {
  const open = new Set<AbortSignal>();
  let made = 0;
  let told = 0;
  vi.stubGlobal('fetch', async (_: string, { signal }: { signal: AbortSignal }) => {
    made += 1;
    open.add(signal);
    const body = new ReadableStream({
      start(stream) {
        stream.enqueue(new TextEncoder().encode('event: stats\ndata: {}\n\n'));
        signal.addEventListener('abort', () => {
          open.delete(signal);
          stream.error(signal.reason);
        });
      },
    });
    return new Response(body, { headers: { 'Content-Type': 'text/event-stream' } });
  });
  const isVisible = shallowRef(isSeen);
  const live = createLive({ isVisible });
  const gone = new AbortController();
  followEvents(live, { signal: gone.signal, onConnect: () => (told += 1) });
  const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
  await pass(0);
  const breakOff = () => open.forEach((signal) => signal.dispatchEvent(new Event('abort')));
  return { live, isVisible, gone, pass, breakOff, open: () => open.size, made: () => made, told: () => told };
}

it('hangs up once the page was hidden for a while, and is told again when it is seen', async () => {
  const { live, isVisible, pass, open } = await setup();
  expect([open(), live.isStreaming.value]).toEqual([1, true]);
  isVisible.value = false;
  await pass(6_000);
  expect([open(), live.isStreaming.value]).toEqual([0, false]);
  await pass(60_000);
  expect(open()).toBe(0);
  isVisible.value = true;
  await pass(0);
  expect([open(), live.isStreaming.value]).toEqual([1, true]);
});

it('stays connected where the page is hidden for a moment only, however often', async () => {
  const { isVisible, pass, open, made } = await setup();
  for (let time = 0; time < 5; time++) {
    isVisible.value = false;
    await pass(2_000);
    isVisible.value = true;
    await pass(100);
  }
  expect([open(), made()]).toEqual([1, 1]);
});

it('connects a page that was opened in the background once it is seen', async () => {
  const { isVisible, pass, open, made } = await setup({ isSeen: false });
  await pass(10_000);
  expect(made()).toBe(0);
  isVisible.value = true;
  await pass(0);
  expect(open()).toBe(1);
});

it('hangs up a page that is stopped by the button, too', async () => {
  const { live, pass, open } = await setup();
  live.toggle();
  await pass(6_000);
  expect(open()).toBe(0);
});

it('hangs up for good once its signal ends', async () => {
  const { isVisible, gone, pass, open, made } = await setup();
  gone.abort();
  await pass(0);
  expect(open()).toBe(0);
  isVisible.value = false;
  await pass(10_000);
  isVisible.value = true;
  await pass(10_000);
  expect(made()).toBe(1);
});

it('tells of each connection that it makes, also after one broke', async () => {
  const { pass, breakOff, open, told } = await setup();
  expect(told()).toBe(1);
  breakOff();
  await pass(1_000);
  expect([open(), told()]).toEqual([1, 2]);
});
