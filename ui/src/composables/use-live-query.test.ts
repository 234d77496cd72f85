import { ProblemError, UnreachableError } from '@understudy/shared/client/problem-error';
import type { ServerEvent } from '@understudy/shared/contracts/event';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { runLive } from '../testing/live-scope.ts';
import { useLiveQuery } from './use-live-query.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const TOO_MANY = { status: 429, code: 'rate_limited', detail: 'Too many requests.' } as const;
const EVENT = { type: 'stats', id: '1', data: {} } as unknown as ServerEvent;
const ANOTHER = { type: 'failover', id: '2', data: {} } as unknown as ServerEvent;

interface SetupOptions {
  concerns?: (event: ServerEvent) => boolean;
  everyMs?: number | null;
  isAllTold?: boolean;
  isEnabled?: boolean;
  /** How long a read takes. */
  tookMs?: number;
  /** What a read fails with, by its number; it succeeds where there is nothing. */
  failWith?: (read: number) => Error | undefined;
}

function setup({
  concerns,
  everyMs = 5_000,
  isAllTold = true,
  isEnabled = true,
  tookMs,
  failWith,
}: SetupOptions = {}) {
  let reads = 0;
  const {
    live,
    scope,
    used: query,
  } = runLive(() =>
    useLiveQuery({
      queryKey: () => ['numbers'],
      read: async () => {
        reads += 1;
        const read = reads;
        const error = failWith?.(read);
        if (tookMs !== undefined) await new Promise((resolve) => setTimeout(resolve, tookMs));
        if (error) throw error;
        return read;
      },
      everyMs,
      enabled: () => isEnabled,
      topics: ['stats'],
      isAllTold,
      ...(concerns && { concerns }),
    }),
  );
  return { live, scope, query, reads: () => reads, pass: (ms: number) => vi.advanceTimersByTimeAsync(ms) };
}

it('asks by itself while no event comes', async () => {
  const { reads, pass } = setup();
  await pass(15_100);
  expect(reads()).toBe(4);
});

it('reads at once on an event, and however many come, once a second', async () => {
  const { live, reads, pass } = setup();
  await pass(100);
  live.tell(EVENT);
  await pass(2_000);
  const before = reads();
  live.tell(EVENT);
  await pass(0);
  expect(reads()).toBe(before + 1);
  for (let index = 0; index < 50; index++) live.tell(EVENT);
  await pass(900);
  expect(reads()).toBe(before + 1);
  await pass(200);
  expect(reads()).toBe(before + 2);
});

it('reads again once the first event is there, for what happened before it', async () => {
  const { live, reads, pass } = setup();
  await pass(100);
  live.tell(ANOTHER);
  await pass(100);
  expect(reads()).toBe(2);
});

it('asks less often while events come, and as before once they stop or the connection is lost', async () => {
  const { live, reads, pass } = setup();
  await pass(100);
  live.tell(ANOTHER);
  await pass(11_000);
  expect(reads()).toBe(2);
  await pass(10_000);
  expect(reads()).toBeGreaterThan(2);

  live.tell(ANOTHER);
  await pass(100);
  const before = reads();
  live.lose();
  await pass(1_100);
  expect(reads()).toBe(before + 1);
  await pass(5_000);
  expect(reads()).toBe(before + 2);
});

it('asks as often while events come that do not tell of every change', async () => {
  const { live, reads, pass } = setup({ isAllTold: false });
  await pass(100);
  live.tell(ANOTHER);
  await pass(100);
  const before = reads();
  await pass(5_000);
  expect([live.isStreaming.value, reads()]).toEqual([true, before + 1]);
});

it('reads nothing while it is paused, and at once when it goes on', async () => {
  const { live, reads, pass } = setup();
  await pass(100);
  live.toggle();
  live.tell(EVENT);
  await pass(60_000);
  expect(reads()).toBe(1);
  live.toggle();
  await pass(0);
  expect(reads()).toBe(2);
});

it('lets a read end that takes longer than events take to come', async () => {
  const { live, query, pass } = setup({ tookMs: 2_000 });
  await pass(2_100);
  for (let second = 0; second < 5; second++) {
    live.tell(EVENT);
    await pass(1_000);
  }
  expect(query.data.value).toBeGreaterThan(1);
});

it('reads once more after a read that an event came in the middle of', async () => {
  const { live, query, reads, pass } = setup({ tookMs: 2_000, everyMs: null });
  await pass(500);
  live.tell(EVENT);
  await pass(1_600);
  expect([reads(), query.data.value]).toEqual([2, 1]);
  live.tell(EVENT);
  await pass(2_000);
  expect([reads(), query.data.value]).toEqual([3, 2]);
  await pass(60_000);
  expect([reads(), query.data.value]).toEqual([3, 3]);
});

it('reads nothing on an event or after a pause where it is not enabled', async () => {
  const { live, reads, pass } = setup({ isEnabled: false });
  live.tell(EVENT);
  live.toggle();
  await pass(100);
  live.toggle();
  await pass(2_000);
  expect(reads()).toBe(0);
});

it('leaves alone what an event is not about, but for a reset', async () => {
  const { live, reads, pass } = setup({ concerns: () => false });
  live.tell(ANOTHER);
  await pass(2_000);
  const before = reads();
  live.tell(EVENT);
  await pass(2_000);
  expect(reads()).toBe(before);
  live.tell({ type: 'reset', id: null, data: {} });
  await pass(100);
  expect(reads()).toBe(before + 1);
});

it.for([60_000, null])(
  'asks soon again for what could not be read, where it asks every %s ms',
  async (everyMs) => {
    const { live, query, reads, pass } = setup({
      everyMs,
      failWith: (read) => (read <= 2 ? new UnreachableError(null) : undefined),
    });
    await pass(100);
    live.tell(EVENT);
    await pass(100);
    expect([reads(), query.error.value]).toEqual([2, expect.any(UnreachableError)]);
    live.tell(ANOTHER);
    await pass(5_000);
    expect([reads(), query.error.value]).toEqual([3, null]);
    await pass(20_000);
    expect(reads()).toBe(3);
  },
);

it('does not ask before it may where it asked too often', async () => {
  const { reads, pass } = setup({
    everyMs: 60_000,
    failWith: (read) =>
      read === 1 ? new ProblemError(TOO_MANY, { requestId: null, retryAfterMs: 20_000 }) : undefined,
  });
  await pass(19_000);
  expect(reads()).toBe(1);
  await pass(2_000);
  expect(reads()).toBe(2);
});

it('does not hurry to ask for what is refused', async () => {
  const { reads, pass } = setup({ everyMs: 60_000, failWith: () => new TypeError('no') });
  await pass(50_000);
  expect(reads()).toBe(1);
});

it('does not ask again for what one may not read', async () => {
  const { reads, pass } = setup({
    failWith: () =>
      new ProblemError(
        { status: 403, code: 'forbidden', detail: 'This needs the scope providers:read.' },
        { requestId: null, retryAfterMs: null },
      ),
  });
  await pass(60_000);
  expect(reads()).toBe(1);
});

it('hears nothing any more once its page is left', async () => {
  const { live, scope, reads, pass } = setup();
  await pass(100);
  live.tell(EVENT);
  live.tell(EVENT);
  const before = reads();
  scope.stop();
  live.tell(EVENT);
  await pass(60_000);
  expect(reads()).toBe(before);
});
