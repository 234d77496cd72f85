import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createGroupCommit, type GroupCommitOptions } from './group-commit.ts';

type Options = Pick<GroupCommitOptions<number, string>, 'maxBatch' | 'commitDelayMs' | 'isByInput'>;

function setup({
  fail,
  written,
  commitMs = 0,
  ...options
}: { fail?: (batch: number[]) => boolean; written?: Set<number>; commitMs?: number } & Options = {}) {
  const batches: number[][] = [];
  const write = createGroupCommit<number, string>({
    ...options,
    async commit(batch) {
      batches.push(batch);
      if (commitMs > 0) await new Promise((resolve) => setTimeout(resolve, commitMs));
      if (fail?.(batch)) throw new Error('unknown');
      return batch.map((input) => (input < 0 ? new Error(`refused ${input}`) : `wrote ${input}`));
    },
    readBack: async (batch) => batch.map((input) => (written?.has(input) ? `found ${input}` : undefined)),
  });
  return { batches, write };
}

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

it('joins what comes while a batch is in flight into the next one', async () => {
  const { batches, write } = setup({ commitMs: 10 });
  const first = write(1);
  await pass(5);
  const rest = [write(2), write(3)];
  await pass(15);
  expect(await Promise.all([first, ...rest])).toEqual(['wrote 1', 'wrote 2', 'wrote 3']);
  expect(batches).toEqual([[1], [2, 3]]);
});

it('splits what is more than a batch', async () => {
  const { batches, write } = setup({ maxBatch: 2 });
  await Promise.all([1, 2, 3, 4, 5].map(write));
  expect(batches).toEqual([[1, 2], [3, 4], [5]]);
});

it('fails only the caller whose own write was refused', async () => {
  const { write } = setup();
  const outcomes = await Promise.allSettled([write(1), write(-2), write(3)]);
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
});

it('reads a batch back whose outcome is unknown before its callers fail', async () => {
  const { write } = setup({ fail: () => true, written: new Set([2]) });
  const outcomes = await Promise.allSettled([write(1), write(2)]);
  expect(outcomes[0]).toMatchObject({ status: 'rejected', reason: { message: 'unknown' } });
  expect(outcomes[1]).toEqual({ status: 'fulfilled', value: 'found 2' });
});

it('commits each by itself where a batch failed by one of its inputs, once', async () => {
  const isByInput = () => true;
  const { batches, write } = setup({ fail: (batch) => batch.includes(2), written: new Set([4]), isByInput });
  const outcomes = await Promise.allSettled([1, 2, 3, 4].map(write));
  expect(outcomes).toMatchObject([
    { value: 'wrote 1' },
    { reason: { message: 'unknown' } },
    { value: 'wrote 3' },
    { value: 'found 4' },
  ]);
  expect(batches).toEqual([[1, 2, 3, 4], [1], [2], [3]]);
});

it('goes on after a failed batch', async () => {
  const { write } = setup({ fail: (batch) => batch.includes(1) });
  await expect(write(1)).rejects.toThrow('unknown');
  expect(await write(2)).toBe('wrote 2');
});

it('delays what follows a batch of several, and then nothing again', async () => {
  const { batches, write } = setup({ commitMs: 10 });
  for (const input of [1, 2, 3]) void write(input);
  await pass(10);
  void write(4);
  await pass(14);
  void write(5);
  expect(batches).toEqual([[1, 2, 3]]);
  await pass(1);
  expect(batches).toEqual([
    [1, 2, 3],
    [4, 5],
  ]);
  await pass(10);
  void write(6);
  await pass(0);
  expect(batches.at(-1)).toEqual([6]);
});

it('delays for no more than four writes take', async () => {
  const { batches, write } = setup({ commitMs: 2 });
  for (const input of [1, 2, 3]) void write(input);
  await pass(2);
  void write(4);
  await pass(5);
  expect(batches).toHaveLength(1);
  await pass(1);
  expect(batches).toHaveLength(2);
});

it('does not delay a quarter of a full batch', async () => {
  const { batches, write } = setup({ maxBatch: 12, commitMs: 10 });
  for (const input of [1, 2, 3]) void write(input);
  await pass(10);
  for (const input of [4, 5]) void write(input);
  await pass(1);
  expect(batches).toHaveLength(1);
  void write(6);
  await pass(0);
  expect(batches).toEqual([
    [1, 2, 3],
    [4, 5, 6],
  ]);
});

it('delays nothing where it is told so', async () => {
  const { batches, write } = setup({ commitDelayMs: 0, commitMs: 10 });
  for (const input of [1, 2, 3]) void write(input);
  await pass(10);
  void write(4);
  await pass(0);
  expect(batches).toEqual([[1, 2, 3], [4]]);
});
