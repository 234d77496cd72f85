import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createGroupCommit } from './group-commit.ts';

function setup(
  options: {
    fail?: (batch: number[]) => boolean;
    written?: Set<number>;
    maxBatch?: number;
    gatherMs?: number;
  } = {},
) {
  const batches: number[][] = [];
  let release: () => void = () => {};
  let held: Promise<void> = Promise.resolve();
  const write = createGroupCommit<number, string>({
    ...(options.maxBatch ? { maxBatch: options.maxBatch } : {}),
    ...(options.gatherMs === undefined ? {} : { gatherMs: options.gatherMs }),
    async commit(batch) {
      batches.push(batch);
      await held;
      if (options.fail?.(batch)) throw new Error('unknown');
      return batch.map((input) => (input < 0 ? new Error(`refused ${input}`) : `wrote ${input}`));
    },
    readBack: async (batch) =>
      batch.map((input) => (options.written?.has(input) ? `found ${input}` : undefined)),
  });
  return {
    batches,
    write,
    hold: () => (held = new Promise((resolve) => (release = resolve))),
    release: () => release(),
  };
}

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

it('joins what comes while a batch is in flight into the next one', async () => {
  const { batches, write, hold, release } = setup();
  hold();
  const first = write(1);
  await Promise.resolve();
  const rest = [write(2), write(3)];
  release();
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

it('goes on after a failed batch', async () => {
  const { write } = setup({ fail: (batch) => batch.includes(1) });
  await expect(write(1)).rejects.toThrow('unknown');
  expect(await write(2)).toBe('wrote 2');
});

it('lets what follows a crowd gather for a moment, and then waits for nothing again', async () => {
  const { batches, write } = setup();
  await Promise.all([1, 2, 3].map(write));
  const late = [write(4)];
  await pass(24);
  late.push(write(5));
  expect(batches).toEqual([[1, 2, 3]]);
  await pass(1);
  await Promise.all(late);
  await write(6);
  expect(batches).toEqual([[1, 2, 3], [4, 5], [6]]);
});

it('does not let a crowd gather that is large already, or for which somebody waits', async () => {
  const large = setup({ maxBatch: 12 });
  await Promise.all([1, 2, 3].map(large.write));
  const late = [4, 5].map(large.write);
  await pass(1);
  expect(large.batches).toHaveLength(1);
  await Promise.all([...late, large.write(6)]);
  expect(large.batches).toEqual([
    [1, 2, 3],
    [4, 5, 6],
  ]);
  const awaited = setup({ gatherMs: 0 });
  await Promise.all([1, 2, 3].map(awaited.write));
  await awaited.write(4);
  expect(awaited.batches).toEqual([[1, 2, 3], [4]]);
});
