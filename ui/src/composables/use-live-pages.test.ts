import type { ServerEvent } from '@understudy/shared/contracts/event';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { runLive } from '../testing/live-scope.ts';
import { useLivePages } from './use-live-pages.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  for (const close of open.splice(0)) close();
  vi.useRealTimers();
});

const open: (() => void)[] = [];
const EVENT = { type: 'job.updated', id: '1', data: {} } as unknown as ServerEvent;
const ROWS_A_PAGE = 10;

function setup({ tookMs = 0, isEnabled = true } = {}) {
  /** The page that each read was of, as they began. */
  const reads: string[] = [];
  const {
    live,
    scope,
    used: list,
  } = runLive(() =>
    useLivePages<string>({
      queryKey: () => ['list'],
      readPage: async (cursor, { signal }) => {
        const count = reads.push(cursor ?? 'first');
        await new Promise((resolve) => setTimeout(resolve, tookMs));
        signal.throwIfAborted();
        return { data: Array<string>(ROWS_A_PAGE).fill(`read ${count}`), nextCursor: 'next' };
      },
      everyMs: 5_000,
      topics: ['job.updated'],
      enabled: () => isEnabled,
    }),
  );
  open.push(() => scope.stop());
  const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
  /** An event every second, as where jobs are worked on. */
  const passBusy = async (seconds: number) => {
    for (let second = 0; second < seconds; second++) {
      live.tell(EVENT);
      await pass(1_000);
    }
  };
  return { live, list, reads, pass, passBusy };
}

it('keeps a list fresh that takes longer to read than events take to come', async () => {
  const { list, pass, passBusy } = setup({ tookMs: 2_000 });
  await pass(2_100);
  expect(list.rows.value[0]).toBe('read 1');
  await passBusy(5);
  expect(list.rows.value[0]).not.toBe('read 1');
});

it('reads the next page to its end, whatever events come meanwhile', async () => {
  const { list, reads, pass, passBusy } = setup({ tookMs: 2_000 });
  await pass(2_100);
  list.more();
  await passBusy(5);
  expect(list.rows.value).toHaveLength(2 * ROWS_A_PAGE);
  expect(reads).toEqual(['first', 'next']);
});

it('reads nothing on an event or after a pause where it is not enabled', async () => {
  const { live, reads, pass } = setup({ isEnabled: false });
  live.tell(EVENT);
  live.toggle();
  await pass(100);
  live.toggle();
  await pass(2_000);
  expect(reads).toEqual([]);
});
